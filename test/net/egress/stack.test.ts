import { expect, test } from 'vitest'
import { Lab, network } from '../../support/net/lab.ts'
import { ipv4Frame, plainChecksum, tcpPacket } from '../../support/net/segments.ts'

const far = '10.1.2.3'

function lab(...rules: string[]): Lab {
  const made = new Lab()
  made.stack.egress.settings = { default: 'allow', rules }
  return made
}

const syn = (destination: string, port: number): Uint8Array => {
  const ports = { guestPort: 40_000, port }
  return ipv4Frame(
    6,
    network.address,
    destination,
    tcpPacket(network.address, destination, ports, { flags: 'S' }),
  )
}

const datagram = (destination: string, port: number): Uint8Array =>
  ipv4Frame(17, network.address, destination, Uint8Array.of(0x9c, 0x40, port >> 8, port & 255, 0, 9, 0, 0, 1))

function echo(destination: string): Uint8Array {
  const bytes = Uint8Array.of(8, 0, 0, 0, 0, 1, 0, 1)
  const sum = plainChecksum(bytes)
  bytes.set([sum >> 8, sum & 255], 2)
  return ipv4Frame(1, network.address, destination, bytes)
}

/** Type, code, and protocol of the packet that the error quotes. */
const errorsOf = (frames: Uint8Array[]): number[][] =>
  frames.filter((frame) => frame[23] === 1).map((frame) => [frame[34]!, frame[35]!, frame[14 + 20 + 8 + 9]!])

test('a denied connection is reset, never dialled, and counted', () => {
  const at = lab('deny 10.0.0.0/8:80/tcp')
  at.arrive(syn(far, 80))
  expect(at.takeSegments()).toMatchObject([{ flags: expect.stringContaining('R') }])
  expect(at.dials).toEqual([])
  expect(at.stack.drops.denied).toBe(1)
  expect(at.stack.egress.denials.view()).toMatchObject([
    { rule: 'deny 10.0.0.0/8:80/tcp', protocol: 'tcp', guest: network.address, address: far, port: 80 },
  ])
  at.arrive(syn(far, 81))
  expect(at.dials).toHaveLength(1)
})

test('a refused connection is acknowledged before its reset only if its sender will be looked up', () => {
  const at = lab('deny 10.0.0.0/8')
  const flagsOf = (): string[] => at.takeSegments().map(({ flags }) => flags)
  at.arrive(syn(far, 80))
  expect(flagsOf()).toEqual(['RA'])
  at.stack.egress.denials.onRefusal = () => {}
  at.arrive(syn(far, 80))
  const [acknowledgment, reset] = at.takeSegments()
  expect([acknowledgment?.flags, reset?.flags]).toEqual(['A', 'RA'])
  expect(acknowledgment?.ack).toBe(reset?.ack)
  // Above the rate no ACK precedes the reset.
  for (let port = 1; port <= 100; port += 1) at.arrive(syn(far, port))
  const flood = flagsOf()
  expect(flood.filter((flags) => flags === 'RA')).toHaveLength(100)
  expect(flood.length).toBeLessThan(170)
  expect(at.dials).toEqual([])
})

test('a denied datagram or ping gets "administratively prohibited"', () => {
  const at = lab('deny 10.0.0.0/8')
  at.arrive(datagram(far, 53), echo(far))
  expect(errorsOf(at.takeFrames())).toEqual([
    [3, 13, 17],
    [3, 13, 1],
  ])
  expect(at.stack.datagrams.size).toBe(0)
  expect(at.stack.drops.denied).toBe(2)
  expect(at.stack.egress.denials.view()).toMatchObject([
    { protocol: 'icmp', guest: network.address, address: far, port: undefined },
    { protocol: 'udp', guest: network.address, address: far, port: 53 },
  ])
})

test('gateway services are reachable regardless of rules', () => {
  const at = lab('deny *')
  at.stack.egress.settings = { default: 'deny', rules: ['deny *'] }
  at.arrive(syn(network.gateway, 53), datagram(network.gateway, 53), echo(network.gateway))
  expect(at.dials).toHaveLength(1)
  expect(at.datagrams).toMatchObject([{ destinationPort: 53 }])
  expect(at.stack.drops.denied).toBe(0)
})

test('an open connection stays open when a new rule denies it', () => {
  const at = lab()
  at.arrive(syn(far, 80))
  at.act((stack) => stack.tcp.hostConnected(at.dials[0]!.connection!))
  at.takeSegments()
  at.stack.egress.settings = { default: 'deny', rules: [] }
  const sent = new TextEncoder().encode('hello')
  at.arrive(
    ipv4Frame(
      6,
      network.address,
      far,
      tcpPacket(
        network.address,
        far,
        { guestPort: 40_000, port: 80 },
        { flags: 'A', seq: 1, ack: at.dials[0]!.connection!.next },
      ),
    ),
  )
  at.act((stack) => stack.tcp.hostData(at.dials[0]!.connection!, sent, 0, sent.length))
  expect(at.takeSegments().some(({ payload }) => payload.length === 5)).toBe(true)
})

test('egress rules do not apply to connections from the host to the guest', () => {
  const at = lab()
  at.stack.egress.settings = { default: 'deny', rules: [] }
  at.arrive(datagram(network.gateway, 7))
  at.takeFrames()
  const client = at.stack.datagrams.openClient(at.stack.ipv4.neighbours.get(0xc0a8_4103 | 0)!.address, 7, {
    answer: () => {},
    onGone: () => {},
  })
  at.act((stack) => stack.datagrams.fromClient(client!, Uint8Array.of(1), 0, 1))
  expect(at.takeFrames()).toHaveLength(1)
})
