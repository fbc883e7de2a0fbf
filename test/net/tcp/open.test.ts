import { expect, test } from 'vitest'
import { FakeHost, flow, guestAddress, Lab, LabConnection, network } from './lab.ts'
import { ipv4Frame, type SegmentText, tcpPacket } from './segments.ts'

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
  expect(gaps.length).toBe(5)
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

test('a window below one segment gets smaller segments instead of none', () => {
  const lab = new Lab(65_520)
  const c = new LabConnection(lab, { mss: 65_480, windowShift: 0, sackPermitted: true })
  c.send({ flags: 'A', ack: 0, window: 20_000 })
  c.hostSends('x'.repeat(40_000))
  expect(c.take().map(({ payload }) => payload.length)).toEqual([20_000])
})
