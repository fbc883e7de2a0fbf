import { describe, expect, test } from 'vitest'
import { icmp6, icmp6Frame } from '../../support/net/ipv6-messages.ts'
import {
  FakeHost,
  flow,
  flow6,
  guestAddress,
  ipv6,
  Lab,
  LabConnection,
  network,
} from '../../support/net/lab.ts'
import {
  ipv4Frame,
  plainChecksum,
  type SegmentText,
  summed,
  tcpFrame,
  tcpPacket,
} from '../../support/net/segments.ts'

function guestSends(lab: Lab, segment: SegmentText): void {
  lab.arrive(
    ipv4Frame(6, network.address, flow.address, tcpPacket(network.address, flow.address, flow, segment)),
  )
}

const syn: SegmentText = { flags: 'S', seq: 100, mss: 1460, windowShift: 7, sackPermitted: true }

test('a SYN is answered only when the host has answered', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  expect(lab.takeSegments()).toEqual([])
  lab.act((stack) => stack.tcp.hostConnected(lab.dials[0]!.connection!))
  expect(lab.takeSegments()).toMatchObject([
    { flags: 'SA', ack: 101, mss: 1460, windowShift: 7, sackPermitted: true },
  ])
})

test('a repeated SYN during the dial dials no second time', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  guestSends(lab, syn)
  expect(lab.dials).toHaveLength(1)
})

test('a refusal by the host is a RST that acknowledges the SYN', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  lab.act((stack) => stack.tcp.hostFailed(lab.dials[0]!.connection!, 'refused'))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'RA', seq: 0, ack: 101 }])
  expect(lab.stack.tcp.size).toBe(0)
})

test('an unreachable host is an ICMP error that quotes the flow and the sequence number', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  lab.act((stack) => stack.tcp.hostFailed(lab.dials[0]!.connection!, 'host-unreachable'))
  const [frame] = lab.takeFrames()
  const view = new DataView(frame!.buffer, 34)
  expect([view.getUint8(0), view.getUint8(1)]).toEqual([3, 1])
  expect([view.getUint16(28), view.getUint16(30), view.getInt32(32)]).toEqual([40_000, 80, 100])
})

test('a dial that nobody answers is silence, and leaves nothing behind', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  lab.act((stack) => stack.tcp.hostFailed(lab.dials[0]!.connection!, 'silent'))
  expect(lab.takeFrames()).toEqual([])
  expect(lab.stack.tcp.size).toBe(0)
})

test('options that the guest does not offer are not used', () => {
  const lab = new Lab()
  guestSends(lab, { flags: 'S', seq: 100 })
  lab.act((stack) => stack.tcp.hostConnected(lab.dials[0]!.connection!))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'SA', windowShift: undefined, sackPermitted: false }])
})

test('a lost SYN-ACK is sent again, with backoff, and given up in the end', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  lab.act((stack) => stack.tcp.hostConnected(lab.dials[0]!.connection!))
  lab.takeSegments()
  const times: number[] = []
  for (let ms = 0; ms < 60_000; ms += 100) {
    lab.wait(100)
    if (lab.takeSegments().some(({ flags }) => flags === 'SA')) times.push(ms)
  }
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0))
  expect(gaps.length).toBe(4)
  for (let i = 1; i < gaps.length; i += 1) expect(gaps[i]! / gaps[i - 1]!).toBeCloseTo(2, 0)
  expect(lab.dials[0]!.isReset).toBe(true)
  expect(lab.stack.tcp.size).toBe(0)
})

test('a segment to no connection is reset as RFC 9293 says', () => {
  const lab = new Lab()
  guestSends(lab, { flags: 'A', seq: 5, ack: 77 })
  guestSends(lab, { flags: 'F', seq: 5, payload: 'ab' })
  guestSends(lab, { flags: 'RA', seq: 5, ack: 1 })
  expect(lab.takeSegments()).toMatchObject([
    { flags: 'R', seq: 77 },
    { flags: 'RA', seq: 0, ack: 8 },
  ])
})

test('a connection from the host asks by ARP first, then opens', () => {
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

test('a guest that refuses resets the host', () => {
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

test('a port in TIME-WAIT is used again, with numbers above all that were used before', () => {
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
  // More than the clock of initial numbers goes on in that time.
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

/** A guest's ICMP about our packet, of which it quotes the IP header and eight bytes. */
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
  /** The SYN has gone; gives its packet, without the Ethernet header. */
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

  test.each([0, 1, 3])('ends at once when a firewall of the guest says so by ICMP, code %i', (code) => {
    const { lab, host, packet } = opening()
    lab.arrive(complain(packet, code))
    expect(host.isReset).toBe(true)
    expect(lab.stack.tcp.size).toBe(0)
  })

  test('continues when the quoted packet is not its SYN, or not from the guest itself, or cut off', () => {
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

test('a window below one segment gets smaller segments instead of none', () => {
  const lab = new Lab(65_520)
  const c = new LabConnection(lab, { mss: 65_480, windowShift: 0, sackPermitted: true })
  c.send({ flags: 'A', ack: 0, window: 20_000 })
  c.hostSends('x'.repeat(40_000))
  expect(c.take().map(({ payload }) => payload.length)).toEqual([20_000])
})

/** The largest payload that a guest with such a SYN gets, over either family. */
function firstPayload(mtu: number, options: Partial<SegmentText>, family: 4 | 6): number {
  const lab = new Lab(mtu)
  const [own, to] = family === 4 ? [network.address, flow] : [ipv6.address, flow6]
  const send = (segment: SegmentText) => lab.arrive(tcpFrame(own, to.address, to, segment))
  send({ flags: 'S', seq: 100, ...options })
  const { connection } = lab.dials[0]!
  lab.act((stack) => stack.tcp.hostConnected(connection!))
  const [answer] = lab.takeSegments()
  send({ flags: 'A', seq: 101, ack: (answer!.seq + 1) | 0, window: 65_535 })
  const bytes = new Uint8Array(200_000)
  lab.act((stack) => stack.tcp.hostData(connection!, bytes, 0, bytes.length))
  return Math.max(...lab.takeSegments().map(({ payload }) => payload.length))
}

test.each([
  ['nothing', {}, 1500, 536, 1220],
  ['zero', { mss: 0 }, 1500, 88, 88],
  ['less than is of use', { mss: 20 }, 1500, 88, 88],
  ['less than the link takes', { mss: 700 }, 1500, 700, 700],
  ['more than the link takes', { mss: 65_535 }, 1500, 1460, 1440],
  ['more than the link takes', { mss: 65_535 }, 65_520, 65_480, 65_460],
] as const)('a guest that says %s as its MSS (RFC 9293 section 3.7.1)', (_name, options, mtu, mss, mss6) => {
  expect(firstPayload(mtu, options, 4)).toBe(mss)
  expect(firstPayload(mtu, options, 6)).toBe(mss6)
})

test('a window shift above 14 counts as 14 (RFC 7323 section 2.3)', () => {
  const c = new LabConnection(new Lab(), { mss: 1460, windowShift: 200 })
  c.send({ flags: 'A', ack: 0, window: 3 })
  expect(c.host.connection!.peerWindow).toBe(3 << 14)
})

test('options that make no sense are skipped, and those behind them heeded where they can be found', () => {
  const lab = new Lab()
  const options = (...bytes: number[]) => {
    const frame = tcpFrame(network.address, flow.address, flow, {
      flags: 'S',
      seq: 100,
      mss: 1,
      windowShift: 1,
      sackPermitted: true,
    })
    frame.fill(1, 54)
    frame.set(bytes, 54)
    return summed(frame)
  }
  // An unknown kind, timestamps that are cut off, then MSS; the length of a last one goes beyond the header.
  lab.arrive(options(254, 3, 9, 2, 4, 2, 0, 3, 77))
  expect(lab.dials[0]!.connection!.maxSegmentBytes).toBe(512)
  for (const bad of [
    [2, 0],
    [2, 1],
    [3, 2, 5],
    [4, 40],
    [8, 10, 0, 0],
  ])
    lab.arrive(options(...bad))
  expect(lab.dials[0]!.connection).toMatchObject({
    maxSegmentBytes: 536,
    ourShift: -1,
    isSackPermitted: false,
  })
})

/** A connection that the host opens; the guest has been asked. */
function synSent(): { lab: Lab; host: FakeHost; isn: number; send: (segment: SegmentText) => void } {
  const lab = new Lab()
  const host = new FakeHost()
  const ports = { guestPort: 22, port: 33_000 }
  // So that the guest is known.
  lab.arrive(tcpFrame(network.address, flow.address, flow, { flags: 'R' }))
  const to = { guestAddress, ...ports, address: lab.stack.addresses.gateway }
  lab.act((stack) => stack.tcp.connect(to, host))
  const [open] = lab.takeSegments()
  const send = (segment: SegmentText) =>
    lab.arrive(tcpFrame(network.address, network.gateway, ports, segment))
  return { lab, host, isn: open!.seq, send }
}

test('both open at once: SYN against SYN makes one connection', () => {
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

test('text in the SYN-ACK of both at once is not taken for what follows it', () => {
  const { lab, host, isn, send } = synSent()
  send({ flags: 'S', seq: 500, mss: 1000 })
  send({ flags: 'SA', seq: 500, ack: isn + 1, mss: 1000, payload: 'abc' })
  send({ flags: 'A', seq: 501, ack: isn + 1, payload: 'abc' })
  expect(String.fromCharCode(...host.received)).toBe('abc')
  expect(lab.takeSegments().at(-1)).toMatchObject({ ack: 504 })
})

test('in SYN-SENT what does not answer our SYN is refused or ignored', () => {
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

test('a guest that never answers: the SYN goes five times in half a minute (RFC 6298 section 2.1), then the host is reset', () => {
  const { lab, host } = synSent()
  lab.wait(60_000)
  expect(lab.takeSegments().filter(({ flags }) => flags === 'S')).toHaveLength(4)
  expect([host.isReset, lab.stack.tcp.size]).toEqual([true, 0])
})

test("a SYN with few hops left is dialled with as many less one, any other with the host's own", () => {
  const lab = new Lab()
  const hopsOf = (ttl: number, guestPort: number) => {
    const packet = tcpPacket(network.address, flow.address, { ...flow, guestPort }, syn)
    lab.arrive(ipv4Frame(6, network.address, flow.address, packet, { ttl }))
    return lab.dials.at(-1)!.connection!.hopsLeft
  }
  expect([2, 30, 32, 33, 64, 255].map((ttl, i) => hopsOf(ttl, 40_000 + i))).toEqual([1, 29, 31, 0, 0, 0])
})

test("a router's report about a dial reaches the guest from the router, about its SYN", () => {
  const lab = new Lab()
  guestSends(lab, syn)
  const said = { type: 11, code: 0, info: 0, source: 0x0a09_0807 }
  lab.act((stack) => stack.tcp.hostFailed(lab.dials[0]!.connection!, said))
  const [frame] = lab.takeFrames()
  const view = new DataView(frame!.buffer, 34)
  expect([...frame!.subarray(26, 30)]).toEqual([10, 9, 8, 7])
  expect([view.getUint8(0), view.getUint8(1)]).toEqual([11, 0])
  expect([view.getUint16(28), view.getUint16(30), view.getInt32(32)]).toEqual([40_000, 80, 100])
  expect(lab.stack.tcp.size).toBe(0)
})
