/** Connections that the host opens, through a mapped port. */
import { describe, expect, test } from 'vitest'
import { FakeHost } from '../../support/net/fake-host.ts'
import { icmp6, icmp6Frame } from '../../support/net/ipv6-messages.ts'
import { flow, guestAddress, ipv6, Lab, network } from '../../support/net/lab.ts'
import { guestSends } from '../../support/net/openings.ts'
import {
  ipv4Frame,
  plainChecksum,
  type SegmentText,
  tcpFrame,
  tcpPacket,
} from '../../support/net/segments.ts'

test('a connection from the host is resolved by ARP before it opens', () => {
  const lab = new Lab()
  const host = new FakeHost()
  const to = { guestAddress, guestPort: 22, address: lab.stack.addresses.gateway, port: 33_000 }
  lab.act((stack) => stack.tcp.connect(to, host))
  const [question] = lab.takeFrames()
  expect(question!.subarray(0, 14)).toEqual(
    Uint8Array.of(255, 255, 255, 255, 255, 255, 2, 0x50, 0, 0, 0, 0, 8, 6),
  )
  const reply = new Uint8Array(42)
  reply.set([2, 0x50, 0, 0, 0, 0, 2, 0x50, 0, 0, 0, 1, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2])
  reply.set([2, 0x50, 0, 0, 0, 1, 192, 168, 65, 3, 2, 0x50, 0, 0, 0, 0, 192, 168, 65, 1], 22)
  lab.arrive(reply)
  const [open] = lab.takeSegments()
  expect(open).toMatchObject({ flags: 'S', mss: 1460 })
  const ports = { guestPort: 22, port: 33_000 }
  const packet = tcpPacket(network.address, network.gateway, ports, {
    flags: 'SA',
    seq: 500,
    ack: (open!.seq + 1) | 0,
    mss: 1000,
    windowShift: 4,
  })
  lab.arrive(ipv4Frame(6, network.address, network.gateway, packet))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'A', ack: 501 }])
  expect(host.isReading).toBe(true)
})

test('a refusal by the guest resets the host', () => {
  const lab = new Lab()
  guestSends(lab, { flags: 'R', seq: 1 })
  const host = new FakeHost()
  const to = { guestAddress, guestPort: 22, address: lab.stack.addresses.gateway, port: 33_000 }
  lab.act((stack) => stack.tcp.connect(to, host))
  const [open] = lab.takeSegments()
  const ports = { guestPort: 22, port: 33_000 }
  const packet = tcpPacket(network.address, network.gateway, ports, { flags: 'RA', ack: (open!.seq + 1) | 0 })
  lab.arrive(ipv4Frame(6, network.address, network.gateway, packet))
  expect(host.isReset).toBe(true)
  expect(lab.stack.tcp.size).toBe(0)
})

test('a port in TIME-WAIT is reused, with numbers above all previous ones', () => {
  const lab = new Lab()
  const { gateway } = lab.stack.addresses
  const to = { guestAddress, guestPort: 22, address: gateway, port: 33_000 }
  const ports = { guestPort: 22, port: 33_000 }
  const answer = (segment: SegmentText) => {
    lab.arrive(
      ipv4Frame(
        6,
        network.address,
        network.gateway,
        tcpPacket(network.address, network.gateway, ports, segment),
      ),
    )
    return lab.takeSegments()
  }
  guestSends(lab, { flags: 'R', seq: 1 })
  // Exceeds the advance of the initial sequence clock in that time.
  const sent = new Uint8Array(1400)
  for (let last: number | undefined, seq = 500; seq < 5000; seq += 500) {
    expect(lab.stack.tcp.isFree(to)).toBe(true)
    lab.act((stack) => stack.tcp.connect(to, new FakeHost()))
    const [open] = lab.takeSegments()
    expect(open).toMatchObject({ flags: 'S' })
    if (last !== undefined) expect((open!.seq - last) | 0).toBeGreaterThan(0)
    answer({ flags: 'SA', seq, ack: (open!.seq + 1) | 0, mss: 1460 })
    const [connection] = lab.stack.tcp.connections()
    expect(lab.stack.tcp.isFree(to)).toBe(false)
    lab.act((stack) => stack.tcp.hostData(connection!, sent, 0, sent.length))
    lab.act((stack) => stack.tcp.hostEnded(connection!))
    last = (open!.seq + sent.length + 2) | 0
    const answers = answer({ flags: 'FA', seq: seq + 1, ack: last })
    expect(answers.at(-1)).toMatchObject({ flags: 'A', seq: last, ack: seq + 2 })
    expect(lab.stack.tcp.size).toBe(1)
  }
})

/** An ICMP error from a guest about our packet, with a quote of the IP header and eight bytes. */
function complaint(packet: Uint8Array, code: number): Uint8Array {
  const message = Uint8Array.of(3, code, 0, 0, 0, 0, 0, 0, ...packet.subarray(0, 28))
  const sum = plainChecksum(message)
  message.set([sum >> 8, sum & 255], 2)
  return message
}

describe.each([
  ['IPv4', network.address, network.gateway],
  ['IPv6', ipv6.address, ipv6.gateway],
])('a connection from the host over %s', (family, guest, gateway) => {
  /** Sends a SYN; returns its packet, without the Ethernet header. */
  function opening(): { lab: Lab; host: FakeHost; packet: Uint8Array } {
    const lab = new Lab()
    const ports = { guestPort: 22, port: 33_000 }
    lab.arrive(tcpFrame(guest, gateway, ports, { flags: 'R' }))
    const host = new FakeHost()
    const addressOf = (text: string) => lab.stack.addressOf(text)!
    lab.act((stack) =>
      stack.tcp.connect({ ...ports, guestAddress: addressOf(guest), address: addressOf(gateway) }, host),
    )
    return { lab, host, packet: lab.takeFrames().at(-1)!.subarray(14) }
  }
  const complain = (packet: Uint8Array, code: number, from = guest) =>
    family === 'IPv4'
      ? ipv4Frame(1, from, gateway, complaint(packet, code))
      : icmp6Frame(from, gateway, icmp6(1, code, [0, 0, 0, 0, ...packet.subarray(0, 48)]))

  test.each([0, 1, 3])("ends at once on an ICMP error of the guest's firewall, code %i", (code) => {
    const { lab, host, packet } = opening()
    lab.arrive(complain(packet, code))
    expect(host.isReset).toBe(true)
    expect(lab.stack.tcp.size).toBe(0)
  })

  test('continues if the quoted packet is truncated or not its SYN, or the sender is not the guest', () => {
    const { lab, host, packet } = opening()
    const tcpAt = family === 'IPv4' ? 20 : 40
    const forged = packet.slice()
    forged[tcpAt + 7]! ^= 1
    const stranger = complain(packet, 1, family === 'IPv4' ? '192.168.65.77' : 'fd00:65::77')
    stranger[11]! ^= 2
    lab.arrive(complain(forged, 1), stranger)
    for (let bytes = 0; bytes < tcpAt + 8; bytes += 1) lab.arrive(complain(packet.slice(0, bytes), 1))
    expect(host.isReset).toBe(false)
    lab.arrive(complain(packet, 1))
    expect(host.isReset).toBe(true)
  })
})

/** A connection from the host, after the SYN was sent. */
function synSent(): { lab: Lab; host: FakeHost; isn: number; send: (segment: SegmentText) => void } {
  const lab = new Lab()
  const host = new FakeHost()
  const ports = { guestPort: 22, port: 33_000 }
  // Adds the guest to the neighbour table.
  lab.arrive(tcpFrame(network.address, flow.address, flow, { flags: 'R' }))
  const to = { guestAddress, ...ports, address: lab.stack.addresses.gateway }
  lab.act((stack) => stack.tcp.connect(to, host))
  const [open] = lab.takeSegments()
  const send = (segment: SegmentText) =>
    lab.arrive(tcpFrame(network.address, network.gateway, ports, segment))
  return { lab, host, isn: open!.seq, send }
}

test('a simultaneous open makes one connection', () => {
  const { lab, host, isn, send } = synSent()
  send({ flags: 'S', seq: 500, mss: 1000, windowShift: 4 })
  expect(lab.takeSegments()).toMatchObject([{ flags: 'SA', seq: isn, ack: 501 }])
  send({ flags: 'SA', seq: 500, ack: isn + 1, mss: 1000, windowShift: 4, window: 5000 })
  expect(host.isReading).toBe(true)
  expect(lab.takeSegments()).toMatchObject([{ flags: 'A', ack: 501 }])
  const [c] = lab.stack.tcp.connections()
  // The window of a SYN is not scaled.
  expect(c!.peerWindow).toBe(5000)
  send({ flags: 'PA', seq: 501, ack: isn + 1, payload: 'hello' })
  expect(host.received).toHaveLength(5)
})

test('data on the SYN-ACK of a simultaneous open is not mistaken for later data', () => {
  const { lab, host, isn, send } = synSent()
  send({ flags: 'S', seq: 500, mss: 1000 })
  send({ flags: 'SA', seq: 500, ack: isn + 1, mss: 1000, payload: 'abc' })
  send({ flags: 'A', seq: 501, ack: isn + 1, payload: 'abc' })
  expect(String.fromCharCode(...host.received)).toBe('abc')
  expect(lab.takeSegments().at(-1)).toMatchObject({ ack: 504 })
})

test('in SYN-SENT a segment that does not answer our SYN is reset or ignored', () => {
  const { lab, host, isn, send } = synSent()
  send({ flags: 'A', seq: 9, ack: isn + 5 })
  expect(lab.takeSegments()).toMatchObject([{ flags: 'R', seq: isn + 5 }])
  send({ flags: 'RA', seq: 0, ack: isn + 5 })
  send({ flags: 'R', seq: 0 })
  send({ flags: 'A', seq: 9, ack: isn + 1 })
  send({ flags: 'FA', seq: 9, ack: isn + 1 })
  expect(lab.takeSegments()).toEqual([])
  expect([host.isReset, lab.stack.tcp.size]).toEqual([false, 1])
})

test('the SYN to a guest that never answers is sent five times in half a minute (RFC 6298 section 2.1), then the host is reset', () => {
  const { lab, host } = synSent()
  lab.wait(60_000)
  expect(lab.takeSegments().filter(({ flags }) => flags === 'S')).toHaveLength(4)
  expect([host.isReset, lab.stack.tcp.size]).toEqual([true, 0])
})
