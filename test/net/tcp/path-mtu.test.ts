/** Path MTU towards a guest: RFC 1191, RFC 8201, RFC 4821 and the checks of RFC 5927. */
import { expect, test } from 'vitest'
import { flow, Lab, network } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'
import { ipv4Frame, plainChecksum } from '../../support/net/segments.ts'

const text = (length: number) => 'x'.repeat(length)

/** "Fragmentation needed" from the guest, about a segment of the connection. */
function tooBig(c: LabConnection, seq: number, mtu: number, quotedBytes = 1500): Uint8Array {
  const quoted = new Uint8Array(28)
  const view = new DataView(quoted.buffer)
  view.setUint16(0, 0x4500)
  view.setUint16(2, quotedBytes)
  view.setUint8(9, 6)
  quoted.set(flow.address.split('.').map(Number), 12)
  quoted.set(network.address.split('.').map(Number), 16)
  view.setUint16(20, flow.port)
  view.setUint16(22, flow.guestPort)
  view.setInt32(24, c.isn + 1 + seq)
  const message = new Uint8Array(8 + quoted.length)
  message.set([3, 4], 0)
  new DataView(message.buffer).setUint16(6, mtu)
  message.set(quoted, 8)
  new DataView(message.buffer).setUint16(2, plainChecksum(message))
  return ipv4Frame(1, network.address, flow.address, message)
}

/** Six full segments of 1460 bytes in flight. */
function open(lab = new Lab()): LabConnection {
  const c = new LabConnection(lab)
  c.hostSends(text(6 * 1460))
  expect(c.take().map(({ payload }) => payload.length)).toEqual([1460, 1460, 1460, 1460, 1460, 1460])
  return c
}

const sizes = (c: LabConnection) => c.take().map(({ seq, payload }) => [seq, payload.length])

test('a report of a smaller MTU retransmits everything in flight, in segments of that size', () => {
  const c = open()
  c.lab.arrive(tooBig(c, 0, 1280))
  const sent = sizes(c)
  expect(sent[0]).toEqual([0, 1240])
  expect(sent[1]).toEqual([1240, 1240])
  expect(Math.max(...sent.map(([, bytes]) => bytes!))).toBe(1240)
})

test('a report is accepted once: retransmissions are not repeated for each quoted segment', () => {
  const c = open()
  const reports = [0, 1, 2, 3, 4, 5].map((i) => tooBig(c, i * 1460, 1280))
  c.lab.arrive(...reports)
  expect(sizes(c).filter(([seq]) => seq === 0)).toHaveLength(1)
})

test.each([
  ['data that was acknowledged', -1],
  ['data that was never sent', 6 * 1460],
])('a report that quotes %s is ignored', (_name, seq) => {
  const c = open()
  c.lab.arrive(tooBig(c, seq, 1280))
  expect(c.take()).toEqual([])
  expect(c.host.connection!.maxSegmentBytes).toBe(1460)
})

test('an MTU below 552 bytes is treated as 552', () => {
  const c = open()
  c.lab.arrive(tooBig(c, 0, 68))
  expect(c.host.connection!.maxSegmentBytes).toBe(512)
})

test('a report without an MTU lowers it to the next plateau below the quoted length', () => {
  const c = open()
  c.lab.arrive(tooBig(c, 0, 0))
  expect(c.host.connection!.maxSegmentBytes).toBe(1492 - 40)
})

test('a report of a larger MTU changes nothing', () => {
  const c = open()
  c.lab.arrive(tooBig(c, 0, 9000))
  expect(c.host.connection!.maxSegmentBytes).toBe(1460)
})

test('if ICMP is filtered, consecutive timeouts reduce the segment size until segments pass', () => {
  const lab = new Lab(65_520)
  const c = new LabConnection(lab, { mss: 65_480, windowShift: 7, sackPermitted: true })
  c.send({ flags: 'A', seq: 0, ack: 0, window: 65_535 })
  c.hostSends(text(60_000))
  expect(c.take()).toHaveLength(1)
  const seen = new Set<number>()
  for (let i = 0; i < 20; i += 1) {
    lab.wait(8000)
    for (const { payload } of c.take()) seen.add(payload.length)
  }
  expect([...seen]).toEqual([60_000, 1460, 1240, 512])
})

test('an ACK beyond the small segment shows that the guest was suspended, and restores the size', () => {
  const c = open()
  c.lab.wait(4000)
  expect(c.host.connection!.maxSegmentBytes).toBe(1240)
  c.send({ flags: 'A', ack: 6 * 1460 })
  expect(c.host.connection!.maxSegmentBytes).toBe(1460)
})

test('a report after a suspected black hole is definite: no ACK restores the size', () => {
  const c = open()
  c.lab.wait(4000)
  c.lab.arrive(tooBig(c, 0, 1000))
  c.send({ flags: 'A', ack: 6 * 1460 })
  expect(c.host.connection!.maxSegmentBytes).toBe(960)
})

test('timeouts while the link takes no frames are not a black hole', () => {
  const c = open()
  c.lab.queuedBytes = 1024 * 1024
  c.lab.wait(60_000)
  expect(c.host.connection!.retries).toBeGreaterThan(2)
  expect(c.host.connection!.maxSegmentBytes).toBe(1460)
})

test('an ACK of only the small segment keeps segments small', () => {
  const c = open()
  c.lab.wait(4000)
  c.send({ flags: 'A', ack: 1240 })
  expect(c.host.connection!.maxSegmentBytes).toBe(1240)
})

test("a segment with SACK blocks does not exceed the guest's MSS", () => {
  const c = new LabConnection(new Lab(9000), { mss: 1460, windowShift: 7, sackPermitted: true })
  c.send({ flags: 'A', seq: 10, ack: 0, payload: 'early' })
  c.take()
  c.hostSends(text(1460))
  const [segment] = c.take()
  expect(segment!.payload.length).toBe(1460)
  expect(segment!.sack).toEqual([])
})
