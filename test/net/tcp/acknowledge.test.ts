/** Acknowledgments, windows and duplicates (RFC 9293 section 3.10.7.4, fifth step; RFC 5961 section 5.2). */
import { expect, test } from 'vitest'
import { mss, starts, text, withInFlight } from '../../support/net/in-flight.ts'
import { Lab } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'

const bytesIn = (c: LabConnection): number => c.take().reduce((sum, { payload }) => sum + payload.length, 0)

test('an ACK older than the largest window is challenged and its data dropped; a less old one is not', () => {
  const c = new LabConnection(new Lab(), { mss: 1460 })
  c.hostSends(text(70_000))
  for (let acked = 0; acked < 70_000; ) {
    acked += bytesIn(c)
    c.send({ flags: 'A', ack: acked, window: 65_535 })
  }
  c.take()
  c.send({ flags: 'A', seq: 0, ack: 70_000 - 65_536, payload: 'old' })
  c.lab.wait(10)
  expect([c.hostText, c.takeTexts()]).toEqual(['', ['A 70000 ack 0']])
  c.send({ flags: 'A', seq: 0, ack: 70_000 - 65_535, payload: 'new' })
  c.lab.wait(10)
  expect([c.hostText, c.takeTexts()]).toEqual(['new', ['A 70000 ack 3']])
})

test('the window of a segment that was overtaken is ignored, unless it acknowledges new data', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', seq: 10, ack: 0, window: 500, payload: 'b' })
  c.send({ flags: 'A', seq: 0, ack: 0, window: 0, payload: 'a' })
  c.take()
  c.hostSends(text(100))
  expect(bytesIn(c)).toBe(100)
  c.send({ flags: 'A', seq: 1, ack: 100, window: 0, payload: 'a' })
  c.take()
  c.hostSends(text(100))
  expect(bytesIn(c)).toBe(0)
})

test('an answered probe keeps the connection, however many there were', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', ack: 0, window: 0 })
  c.hostSends('x')
  for (let probes = 0; probes < 40; ) {
    c.lab.wait(5_000)
    for (const { payload } of c.take()) {
      expect(payload).toHaveLength(1)
      probes += 1
      c.send({ flags: 'A', ack: 0, window: 0 })
    }
  }
  expect([c.host.isReset, c.lab.stack.tcp.size]).toEqual([false, 1])
})

test('only timeouts in a row count: an ACK of new data ends them', () => {
  const c = new LabConnection(new Lab(), { mss: 1460 })
  for (let sent = 1; sent <= 40; sent += 1) {
    c.hostSends('x')
    c.take()
    // The first timeout has no back-off from the previous round.
    c.lab.wait(1_010)
    expect(c.takeTexts()[0]).toContain('"x"')
    c.send({ flags: 'A', ack: sent, window: 65_535 })
  }
  expect(c.host.isReset).toBe(false)
  expect(c.host.connection!.maxSegmentBytes).toBe(1460)
})

test('duplicate ACKs from before an ACK of new data do not count', () => {
  const c = withInFlight(5)
  for (const ack of [0, 0, mss, mss, mss]) c.send({ flags: 'A', ack })
  expect(starts(c)).toEqual([])
  expect(c.host.connection!.isRecovering).toBe(false)
})

test.each([
  ['without data in flight', 65_535],
  ['with a closed window', 0],
])('ACKs %s are not duplicates', (_, window) => {
  const c = new LabConnection(new Lab(), { mss, windowShift: 7 })
  c.send({ flags: 'A', ack: 0, window })
  if (window === 0) {
    c.hostSends('x')
    c.lab.wait(1_010)
    c.take()
  }
  for (let i = 0; i < 5; i += 1) c.send({ flags: 'A', ack: 0, window })
  expect(c.host.connection!.duplicateAcks).toBe(0)
  expect(c.host.connection!.isRecovering).toBe(false)
})

test('half of the largest window, not of the first, is worth a small segment', () => {
  const c = new LabConnection(new Lab(), { mss: 1460 })
  c.host.connection!.maxPeerWindow = 1000
  c.send({ flags: 'A', ack: 0, window: 10_000 })
  c.hostSends(text(20_000))
  expect(c.take().map(({ payload }) => payload.length)).toEqual(Array.from({ length: 6 }, () => 1460))
})
