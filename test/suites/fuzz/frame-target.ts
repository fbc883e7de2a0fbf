/** Frames of a guest for the whole stack: a length of two bytes and a frame, as often as there are bytes. */
import { icmp6, icmp6Frame, solicitation } from '../../support/net/ipv6-messages.ts'
import { flow, flow6, ipv6, Lab, network } from '../../support/net/lab.ts'
import { ipv4Frame, ipv6Frame, plainChecksum, summed, tcpFrame } from '../../support/net/segments.ts'

/** So that what one input leaves behind does not grow for ever. */
const inputsPerLab = 500
let lab = new Lab()
let inputs = 0

/** A stack that has seen nothing, as the replay of a corpus needs it. */
export function freshStack(): void {
  lab = new Lab()
  inputs = 0
}

export function feedFrames(input: Uint8Array): void {
  inputs += 1
  if (inputs % inputsPerLab === 0) lab = new Lab()
  for (let at = 0; at + 2 <= input.length; ) {
    const end = Math.min(input.length, at + 2 + ((input[at]! << 8) | input[at + 1]!))
    if (end - at - 2 >= 14) lab.arrive(withSums(input.slice(at + 2, end)))
    at = end
  }
  for (const { connection } of lab.dials.splice(0)) {
    if (connection === undefined) continue
    lab.act(({ tcp }) => tcp.hostConnected(connection))
    lab.act(({ tcp }) => tcp.hostData(connection, input, 0, Math.min(input.length, 100)))
  }
  lab.wait(300)
  lab.takeFrames()
  lab.datagrams.length = 0
}

/** A wrong checksum of a header would hide everything behind it. */
function withSums(frame: Uint8Array): Uint8Array {
  if (frame[12] === 8 && frame[13] === 0 && frame.length >= 34) {
    const header = frame.subarray(14, 14 + 4 * (frame[14]! & 15))
    if (header.length >= 20) {
      header.set([0, 0], 10)
      const sum = plainChecksum(header)
      header.set([sum >> 8, sum & 255], 10)
    }
  }
  return summed(frame)
}

const udp = Uint8Array.of(0x9c, 0x40, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4)
const behind = (...frames: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(frames.flatMap((frame) => [frame.length >> 8, frame.length & 255, ...frame]))
const segment = (family: 4 | 6, text: Parameters<typeof tcpFrame>[3]): Uint8Array =>
  family === 4
    ? tcpFrame(network.address, flow.address, flow, text)
    : tcpFrame(ipv6.address, flow6.address, flow6, text)
const syn = { flags: 'S', seq: 0, mss: 1460, windowShift: 7, sackPermitted: true }
const arp = Uint8Array.of(
  ...[255, 255, 255, 255, 255, 255, 2, 0x50, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1],
  ...[2, 0x50, 0, 0, 0, 1, 192, 168, 65, 3, 0, 0, 0, 0, 0, 0, 192, 168, 65, 1],
)

export const frameSeeds: readonly Uint8Array[] = [
  behind(segment(4, syn), segment(4, { flags: 'PA', seq: 1, ack: 1, payload: 'hello' })),
  behind(segment(6, syn), segment(6, { flags: 'FA', seq: 1, ack: 1, sack: [[5, 9]] })),
  behind(ipv4Frame(17, network.address, network.gateway, udp)),
  behind(ipv4Frame(1, network.address, network.gateway, Uint8Array.of(8, 0, 0xf7, 0xfd, 0, 1, 0, 1))),
  behind(ipv6Frame(17, ipv6.address, ipv6.gateway, udp)),
  behind(
    ipv6Frame(44, ipv6.address, ipv6.gateway, Uint8Array.of(17, 0, 0, 1, 0, 0, 0, 5, ...udp, 0, 0, 0, 0)),
  ),
  behind(icmp6Frame(ipv6.address, ipv6.gateway, icmp6(128, 0, [0, 1, 0, 1, 7]))),
  behind(icmp6Frame('::', 'ff02::1:ff00:1', solicitation(ipv6.gateway, []))),
  behind(arp),
]
