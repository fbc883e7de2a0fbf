import { expect, test } from 'vitest'
import { flow, flow6, ipv6, Lab, network } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'
import { guestSends, syn } from '../../support/net/openings.ts'
import { ipv4Frame, type SegmentText, summed, tcpFrame, tcpPacket } from '../../support/net/segments.ts'

test('a SYN is answered only after the host has answered', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  expect(lab.takeSegments()).toEqual([])
  lab.act((stack) => stack.tcp.hostConnected(lab.dials[0]!.connection!))
  expect(lab.takeSegments()).toMatchObject([
    { flags: 'SA', ack: 101, mss: 1460, windowShift: 7, sackPermitted: true },
  ])
})

test('a retransmitted SYN during the dial starts no second dial', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  guestSends(lab, syn)
  expect(lab.dials).toHaveLength(1)
})

test('a refusal by the host becomes a RST that acknowledges the SYN', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  lab.act((stack) => stack.tcp.hostFailed(lab.dials[0]!.connection!, 'refused'))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'RA', seq: 0, ack: 101 }])
  expect(lab.stack.tcp.size).toBe(0)
})

test('an unreachable host becomes an ICMP error that quotes the flow and the sequence number', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  lab.act((stack) => stack.tcp.hostFailed(lab.dials[0]!.connection!, 'host-unreachable'))
  const [frame] = lab.takeFrames()
  const view = new DataView(frame!.buffer, 34)
  expect([view.getUint8(0), view.getUint8(1)]).toEqual([3, 1])
  expect([view.getUint16(28), view.getUint16(30), view.getInt32(32)]).toEqual([40_000, 80, 100])
})

test('a dial that times out gets no answer, and leaves no state', () => {
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

test('a lost SYN-ACK is retransmitted with back-off, up to a limit', () => {
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

test('a segment without a connection is answered by a reset according to RFC 9293', () => {
  const lab = new Lab()
  guestSends(lab, { flags: 'A', seq: 5, ack: 77 })
  guestSends(lab, { flags: 'F', seq: 5, payload: 'ab' })
  guestSends(lab, { flags: 'RA', seq: 5, ack: 1 })
  expect(lab.takeSegments()).toMatchObject([
    { flags: 'R', seq: 77 },
    { flags: 'RA', seq: 0, ack: 8 },
  ])
})

test('with a window below one segment, smaller segments are sent', () => {
  const lab = new Lab(65_520)
  const c = new LabConnection(lab, { mss: 65_480, windowShift: 0, sackPermitted: true })
  c.send({ flags: 'A', ack: 0, window: 20_000 })
  c.hostSends('x'.repeat(40_000))
  expect(c.take().map(({ payload }) => payload.length)).toEqual([20_000])
})

/** Largest payload sent to a guest with such a SYN, over either family. */
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
  ['no value', {}, 1500, 536, 1220],
  ['zero', { mss: 0 }, 1500, 88, 88],
  ['an impractically small value', { mss: 20 }, 1500, 88, 88],
  ['less than the link’s maximum', { mss: 700 }, 1500, 700, 700],
  ['more than the link’s maximum', { mss: 65_535 }, 1500, 1460, 1440],
  ['more than the link’s maximum', { mss: 65_535 }, 65_520, 65_480, 65_460],
] as const)(
  'segment sizes fit a guest whose SYN has %s as MSS (RFC 9293 section 3.7.1)',
  (_name, options, mtu, mss, mss6) => {
    expect(firstPayload(mtu, options, 4)).toBe(mss)
    expect(firstPayload(mtu, options, 6)).toBe(mss6)
  },
)

test('a window shift above 14 counts as 14 (RFC 7323 section 2.3)', () => {
  const c = new LabConnection(new Lab(), { mss: 1460, windowShift: 200 })
  c.send({ flags: 'A', ack: 0, window: 3 })
  expect(c.host.connection!.peerWindow).toBe(3 << 14)
})

test('malformed options are skipped, and later options are read if they can be found', () => {
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
  // An unknown kind, truncated timestamps, then MSS; the last option exceeds the header.
  lab.arrive(options(254, 3, 9, 2, 4, 2, 0, 3, 77))
  expect(lab.dials[0]!.connection!.maxSegmentBytes).toBe(512)
  for (const bad of [
    [2, 0],
    [2, 1],
    [3, 2, 5],
    [4, 40],
    [8, 9, 0, 0],
  ])
    lab.arrive(options(...bad))
  expect(lab.dials[0]!.connection).toMatchObject({
    maxSegmentBytes: 536,
    ourShift: -1,
    isSackPermitted: false,
  })
})

test("a SYN with a low TTL is dialled with one less, any other with the host's default", () => {
  const lab = new Lab()
  const hopsOf = (ttl: number, guestPort: number) => {
    const packet = tcpPacket(network.address, flow.address, { ...flow, guestPort }, syn)
    lab.arrive(ipv4Frame(6, network.address, flow.address, packet, { ttl }))
    return lab.dials.at(-1)!.connection!.hopsLeft
  }
  expect([2, 30, 32, 33, 64, 255].map((ttl, i) => hopsOf(ttl, 40_000 + i))).toEqual([1, 29, 31, 0, 0, 0])
})

test("a router's ICMP error about a dial reaches the guest with the router as source, quoting its SYN", () => {
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
