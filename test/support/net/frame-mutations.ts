/** Valid and invalid frames from a guest, generated from a seed. */
import { network } from './lab.ts'
import { randomFrom } from './random.ts'
import { ipv4Frame, plainChecksum, summed, tcpPacket } from './segments.ts'

/** A connection that the other side has accepted, from the guest's view. */
export interface OpenFlow {
  guestPort: number
  address: string
  port: number
  seq: number
  ack: number
}

const { address: own, gateway, host } = network
const far = '10.1.2.3'
const mac = [2, 0x50, 0, 0, 0, 1]
const gatewayMac = [2, 0x50, 0, 0, 0, 0]
const text = (value: string): number[] => [...new TextEncoder().encode(value)]

function udp(sourcePort: number, port: number, payload: readonly number[]): Uint8Array {
  const bytes = 8 + payload.length
  const words = [sourcePort, port, bytes, 0].flatMap((word) => [word >> 8, word & 255])
  return Uint8Array.from([...words, ...payload])
}

function icmp(...message: number[]): Uint8Array {
  const bytes = Uint8Array.from(message)
  const sum = plainChecksum(bytes)
  bytes.set([sum >> 8, sum & 255], 2)
  return bytes
}

const dnsQuestion = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, ...text('host'), 6, ...text('docker'), 8]
const dnsQuery = [...dnsQuestion, ...text('internal'), 0, 0, 1, 0, 1]
const dhcp = [1, 1, 6, 0, 1, 2, 3, 4, ...Array<number>(20).fill(0), ...mac, ...Array<number>(202).fill(0)]
const discover = [...dhcp, 0x63, 0x82, 0x53, 0x63, 53, 1, 1, 55, 3, 1, 3, 6, 255]

/** Link-local addresses by MAC (RFC 4291 appendix A), and destinations. */
const own6 = [0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x50, 0, 0xff, 0xfe, 0, 0, 1]
const allNodes = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
const allRouters = [...allNodes.slice(0, 15), 2]
const gateway6 = [0xfd, 0x65, 0x12, 0x34, 0x56, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]

function ipv6Frame(next: number, destination: readonly number[], payload: Uint8Array): Uint8Array {
  const bytes = payload.slice()
  const pseudo = Uint8Array.from([
    ...own6,
    ...destination,
    0,
    0,
    bytes.length >> 8,
    bytes.length & 255,
    0,
    0,
    0,
    next,
  ])
  const sum = plainChecksum(pseudo, bytes)
  if (next === 58) bytes.set([sum >> 8, sum & 255], 2)
  const header = [0x60, 0, 0, 0, bytes.length >> 8, bytes.length & 255, next, 255, ...own6, ...destination]
  return Uint8Array.from([...gatewayMac, ...mac, 0x86, 0xdd, ...header, ...bytes])
}

const plain: readonly Uint8Array[] = [
  Uint8Array.from([
    ...[255, 255, 255, 255, 255, 255, ...mac, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, ...mac, 192, 168, 65, 3],
    ...[0, 0, 0, 0, 0, 0, 192, 168, 65, 1],
  ]),
  ipv4Frame(17, own, gateway, udp(40_000, 53, dnsQuery)),
  ipv4Frame(17, '0.0.0.0', '255.255.255.255', udp(68, 67, discover)),
  ipv4Frame(17, own, gateway, udp(123, 123, [0x23, ...Array<number>(47).fill(0)])),
  ipv4Frame(17, own, host, udp(5000, 5001, text('datagram'))),
  ipv4Frame(1, own, gateway, icmp(8, 0, 0, 0, 0, 7, 0, 1, 1, 2, 3, 4)),
  ipv4Frame(1, own, far, icmp(8, 0, 0, 0, 0, 7, 0, 1, 1, 2, 3, 4)),
  ipv6Frame(58, allRouters, Uint8Array.of(133, 0, 0, 0, 0, 0, 0, 0)),
  ipv6Frame(58, gateway6, Uint8Array.from([135, 0, 0, 0, 0, 0, 0, 0, ...gateway6, 1, 1, ...mac])),
  ipv6Frame(58, gateway6, Uint8Array.of(128, 0, 0, 0, 0, 7, 0, 1, 9, 9)),
  ipv6Frame(58, allNodes, Uint8Array.of(143, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, ...allNodes)),
  summed(ipv6Frame(17, gateway6, udp(40_001, 53, dnsQuery))),
  summed(ipv6Frame(17, allRouters, udp(546, 547, [11, 1, 2, 3, 0, 6, 0, 2, 0, 23]))),
  ipv6Frame(44, gateway6, Uint8Array.of(17, 0, 0, 1, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8)),
  ipv6Frame(0, gateway6, Uint8Array.of(58, 0, 5, 2, 0, 0, 1, 0, 128, 0, 0, 0, 0, 7, 0, 1)),
]

const flagsOfOpen = ['A', 'A', 'PA', 'PA', 'FA', 'R', 'S', 'SA', 'RA', 'F', ''] as const

export class Mutations {
  readonly #random: () => number
  /** Filled by the reader of the replies. */
  readonly flows: OpenFlow[] = []

  constructor(seed: number) {
    this.#random = randomFrom(seed)
  }

  /** The next frame, usually a mutated one. */
  next(): Uint8Array {
    const frame = this.#sound()
    if (this.#random() < 0.15) return frame
    return this.#mutate(frame)
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.#below(list.length)]!
  }

  #sound(): Uint8Array {
    const kind = this.#random()
    if (kind < 0.3 && this.flows.length > 0) return this.#ofOpen()
    if (kind < 0.45) {
      const ports = { guestPort: 1024 + this.#below(2000), port: this.#pick([53, 80, 80, 443]) }
      const address = ports.port === 53 ? gateway : far
      const options = { mss: 1460, windowShift: 7, sackPermitted: true }
      const packet = tcpPacket(own, address, ports, { flags: 'S', seq: this.#below(2 ** 31), ...options })
      return ipv4Frame(6, own, address, packet)
    }
    if (kind < 0.55) {
      const fragment = this.#below(40) | (this.#random() < 0.7 ? 0x2000 : 0)
      const identification = this.#below(64)
      const payload = udp(6000, 6001, Array<number>(8 * this.#below(30)).fill(7))
      return ipv4Frame(17, own, host, payload, { identification, fragment })
    }
    return this.#pick(plain).slice()
  }

  #ofOpen(): Uint8Array {
    const flow = this.#pick(this.flows)
    const flags = this.#pick(flagsOfOpen)
    const payload = flags.includes('A') ? text('0123456789'.repeat(this.#below(20))) : []
    const jump = this.#random() < 0.3 ? this.#below(70_000) - 35_000 : 0
    const seq = (flow.seq + jump) | 0
    const sack: [number, number][] =
      this.#random() < 0.2 ? [[flow.ack + 10, flow.ack + this.#below(9000)]] : []
    const window = this.#pick([0, 1, 1000, 65_535])
    const segment = { flags, seq, ack: flow.ack | 0, window, payload: Uint8Array.from(payload), sack }
    if (jump === 0) flow.seq = (flow.seq + payload.length) | 0
    if (this.#random() < 0.05) this.flows.splice(this.flows.indexOf(flow), 1)
    return ipv4Frame(6, own, flow.address, tcpPacket(own, flow.address, flow, segment))
  }

  #mutate(original: Uint8Array): Uint8Array {
    let frame = original
    for (let edits = 1 + this.#below(4); edits > 0; edits -= 1) {
      const at = this.#below(Math.min(frame.length, this.#random() < 0.8 ? 80 : frame.length))
      switch (this.#below(6)) {
        case 0:
          frame[at] = this.#below(256)
          break
        case 1:
          frame[at]! ^= 1 << this.#below(8)
          break
        case 2:
          frame[at] = this.#pick([0, 1, 127, 128, 255])
          break
        case 3:
          frame = frame.slice(0, Math.max(14, this.#below(frame.length + 1)))
          break
        case 4:
          frame = Uint8Array.from([...frame, ...Array<number>(this.#below(60)).fill(this.#below(256))])
          break
        default: {
          const other = this.#pick(plain)
          frame.set(other.subarray(at, Math.min(other.length, frame.length, at + this.#below(16))), at)
        }
      }
    }
    // Most frames pass the first check.
    if (this.#random() >= 0.8) return frame
    if (frame.length >= 34 && frame[12] === 8 && frame[13] === 0) fixHeader(frame)
    return summed(frame)
  }
}

function fixHeader(frame: Uint8Array): void {
  const bytes = (frame[14]! & 15) * 4
  if (bytes < 20 || 14 + bytes > frame.length) return
  frame.set([0, 0], 24)
  const sum = plainChecksum(frame.subarray(14, 14 + bytes))
  frame.set([sum >> 8, sum & 255], 24)
}
