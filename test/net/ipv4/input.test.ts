/** Invalid input is dropped, counted by its kind, and affects no other traffic. */
import { expect, test } from 'vitest'
import type { DropCounters } from '../../../src/net/core/counters.ts'
import { maxPerLink } from '../../../src/net/core/neighbours.ts'
import { flow, Lab, network } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'
import { ipv4Frame, plainChecksum, summed, tcpPacket } from '../../support/net/segments.ts'

const far = '10.1.2.3'
const guest = network.address

const udp = (length = 9): Uint8Array => Uint8Array.of(0x9c, 0x40, 0, 80, length >> 8, length & 255, 0, 0, 1)
const syn = (source = guest, to = far): Uint8Array =>
  tcpPacket(source, to, { guestPort: 40_001, port: 80 }, { flags: 'S' })

/** A frame with one byte changed and a corrected header checksum. */
function changed(frame: Uint8Array, at: number, value: number): Uint8Array {
  frame[at] = value
  frame.set([0, 0], 24)
  const sum = plainChecksum(frame.subarray(14, 34))
  frame.set([sum >> 8, sum & 255], 24)
  return frame
}

function wrongSum(frame: Uint8Array): Uint8Array {
  frame[25]! ^= 1
  return frame
}

/** Flips a bit of the last byte. */
function flipped(frame: Uint8Array): Uint8Array {
  frame[frame.length - 1]! ^= 1
  return frame
}

const summedUdp = (): Uint8Array => summed(ipv4Frame(17, guest, far, udp())).slice(34)

const echo = (sum: number): Uint8Array => Uint8Array.of(8, 0, sum >> 8, sum & 255, 0, 1, 0, 1)

const pong = Uint8Array.of(0, 0, 0xff, 0xfd, 0, 1, 0, 1)
const toPort0 = (): Uint8Array => Uint8Array.of(0x9c, 0x40, 0, 0, 0, 9, 0, 0, 1)

const cases: readonly [string, keyof DropCounters, Uint8Array][] = [
  ['a header that is cut off', 'malformed', ipv4Frame(6, guest, far, syn()).subarray(0, 30)],
  ['another version', 'malformed', changed(ipv4Frame(6, guest, far, syn()), 14, 0x65)],
  ['a header of four words', 'malformed', changed(ipv4Frame(6, guest, far, syn()), 14, 0x44)],
  ['a wrong header checksum', 'malformed', wrongSum(ipv4Frame(6, guest, far, syn()))],
  ['more bytes promised than there are', 'malformed', changed(ipv4Frame(17, guest, far, udp()), 16, 0x10)],
  ['fewer bytes than the header has', 'malformed', changed(ipv4Frame(17, guest, far, udp()), 17, 19)],
  ['a datagram longer than its packet', 'malformed', ipv4Frame(17, guest, far, udp(200))],
  ['a datagram shorter than its header', 'malformed', ipv4Frame(17, guest, far, udp(7))],
  ['a ping with a wrong checksum', 'malformed', ipv4Frame(1, guest, network.gateway, echo(0x1234))],
  ['a ping that is cut off', 'malformed', ipv4Frame(1, guest, network.gateway, echo(0).subarray(0, 5))],
  ['a segment with a wrong checksum', 'checksum', flipped(ipv4Frame(6, guest, far, syn()))],
  ['a datagram with a wrong checksum', 'checksum', flipped(ipv4Frame(17, guest, far, summedUdp()))],
  ['the gateway as source', 'spoofed', ipv4Frame(6, network.gateway, far, syn(network.gateway))],
  ['the host as source', 'spoofed', ipv4Frame(6, network.host, far, syn(network.host))],
  ['a source of another network', 'spoofed', ipv4Frame(6, '8.8.8.8', far, syn('8.8.8.8'))],
  ['the broadcast address as source', 'spoofed', ipv4Frame(6, '192.168.65.255', far, syn('192.168.65.255'))],
  ["the network's own address as source", 'spoofed', ipv4Frame(6, '192.168.65.0', far, syn('192.168.65.0'))],
  ['loopback as destination', 'unroutable', ipv4Frame(6, guest, '127.0.0.1', syn(guest, '127.0.0.1'))],
  ['a group as destination', 'unroutable', ipv4Frame(17, guest, '224.0.0.251', udp())],
  [
    'an unused address of the subnet',
    'unroutable',
    ipv4Frame(6, guest, '192.168.65.77', syn(guest, '192.168.65.77')),
  ],
  ['TCP to everyone', 'unroutable', ipv4Frame(6, guest, '192.168.65.255', syn(guest, '192.168.65.255'))],
  ['a TTL that ends here', 'ttlExceeded', ipv4Frame(6, guest, far, syn(), { ttl: 1 })],
  ['a datagram to port 0', 'ignored', ipv4Frame(17, guest, far, toPort0())],
  ['a broadcast datagram without a service', 'ignored', ipv4Frame(17, guest, '192.168.65.255', udp())],
  ['an answer to no ping', 'ignored', ipv4Frame(1, guest, network.gateway, pong)],
  ['an unknown protocol', 'unknownProtocol', ipv4Frame(132, guest, far, udp())],
]

test.each(cases)('%s is dropped as %s, and an open connection stays open', (_name, reason, frame) => {
  const lab = new Lab()
  const connection = new LabConnection(lab)
  lab.takeFrames()
  lab.arrive(frame)
  const { drops } = lab.stack
  const counted = Object.entries(drops).filter(([, count]) => count > 0)
  expect(counted).toEqual([[reason, 1]])
  expect(lab.dials).toHaveLength(1)
  expect(lab.stack.datagrams.nat.size).toBe(0)
  connection.send({ flags: 'AP', seq: 0, ack: 0, payload: 'still here' })
  expect(connection.hostText).toBe('still here')
})

/** Type, code and source of the ICMP errors among frames. */
const errors = (frames: Uint8Array[]): string[] =>
  frames
    .filter((frame) => frame[23] === 1)
    .map((frame) => `${frame[34]}/${frame[35]} from ${frame.subarray(26, 30).join('.')}`)

test.each([
  ['TCP', ipv4Frame(6, guest, far, syn(), { ttl: 1 })],
  ['UDP', ipv4Frame(17, guest, far, udp(), { ttl: 1 })],
  ['ICMP', ipv4Frame(1, guest, far, echo(0xf7fd), { ttl: 1 })],
])('an expired TTL of %s is reported by the gateway, so that traceroute shows it', (_name, frame) => {
  const lab = new Lab()
  lab.arrive(frame)
  expect(errors(lab.takeFrames())).toEqual([`11/0 from ${network.gateway}`])
})

/** An ICMP "port unreachable" from a guest. */
const complaint = Uint8Array.of(3, 3, 0xfc, 0xfc, 0, 0, 0, 0)
const laterPiece = (frame: Uint8Array): Uint8Array => changed(frame, 21, 8)

test.each([
  ['another error, to an unused address', ipv4Frame(1, guest, '192.168.65.77', complaint)],
  ['another error with an expired TTL', ipv4Frame(1, guest, far, complaint, { ttl: 1 })],
  ['a fragment that is not the first', laterPiece(ipv4Frame(17, guest, '192.168.65.77', udp()))],
  ['a broadcast datagram', ipv4Frame(17, guest, '192.168.65.255', udp())],
  ['a broadcast packet of an unknown protocol', ipv4Frame(132, guest, '255.255.255.255', udp())],
])('no error is sent about %s (RFC 1122 section 3.2.2)', (_name, frame) => {
  const lab = new Lab()
  lab.arrive(frame)
  expect(errors(lab.takeFrames())).toEqual([])
})

test.each([
  ['the gateway', network.gateway, network.gateway],
  ['the host', network.host, network.host],
  ['an external host', far, network.gateway],
])('an unsupported protocol to %s is reported', (_name, to, reporter) => {
  const lab = new Lab()
  lab.arrive(ipv4Frame(132, guest, to, udp()))
  expect(errors(lab.takeFrames())).toEqual([`3/2 from ${reporter}`])
})

test('an unused address of the subnet is reported as unreachable', () => {
  const lab = new Lab()
  lab.arrive(ipv4Frame(6, guest, '192.168.65.77', syn(guest, '192.168.65.77')))
  expect(errors(lab.takeFrames())).toEqual([`3/1 from ${network.gateway}`])
})

test('addresses beyond the share of a link are counted, and known ones keep working', () => {
  const lab = new Lab(1500, { subnet: '192.168.0.0/16' })
  const from = (i: number) => `192.168.${100 + (i >> 8)}.${i & 255}`
  const syns = Array.from({ length: maxPerLink + 4 }, (_, i) =>
    ipv4Frame(17, from(i), network.gateway, udp()),
  )
  lab.arrive(...syns)
  expect(lab.stack.drops.crowded).toBe(4)
})

test('a MAC that claims an address leased to another one is spoofed', () => {
  const lab = new Lab()
  lab.isTaken = () => true
  lab.arrive(ipv4Frame(6, guest, flow.address, syn()))
  expect(lab.stack.drops.spoofed).toBe(1)
  expect(lab.dials).toEqual([])
})

test('overlapping, too long, or endless fragments are dropped and counted', () => {
  const lab = new Lab()
  const piece = (identification: number, fragment: number, bytes = 16) =>
    lab.arrive(ipv4Frame(17, guest, far, new Uint8Array(bytes), { identification, fragment }))
  piece(1, 0x2000)
  piece(1, 0x2001)
  piece(2, 0x1fff, 64)
  piece(3, 0x2000)
  expect(lab.stack.ipv4.fragments.counters).toMatchObject({ dropped: 2, timedOut: 0 })
  lab.wait(40_000)
  expect(lab.stack.ipv4.fragments.counters).toMatchObject({ timedOut: 1 })
  expect(lab.stack.ipv4.fragments.size).toBe(0)
})

test('only the sender of the first fragment gets an error if reassembly times out', () => {
  const lab = new Lab()
  const piece = (identification: number, fragment: number, to = far) =>
    lab.arrive(ipv4Frame(17, guest, to, new Uint8Array(16).fill(7), { identification, fragment }))
  piece(1, 0x2000)
  piece(2, 0x2002)
  piece(3, 0x2000, '192.168.65.255')
  lab.wait(40_000)
  const told = lab.takeFrames()
  expect(errors(told)).toEqual([`11/1 from ${network.gateway}`])
  // The original header and at least the eight bytes after it (RFC 792).
  expect([...told[0]!.subarray(42, 42 + 28)]).toEqual([
    ...ipv4Frame(17, guest, far, new Uint8Array(16).fill(7), {
      identification: 1,
      fragment: 0x2000,
    }).subarray(14, 42),
  ])
})
