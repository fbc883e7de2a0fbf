/** Retransmission timeouts: RFC 6298, and RFC 5681 section 3.1 afterwards. */
import { expect, test } from 'vitest'
import { mss, starts, text, withInFlight } from '../../support/net/in-flight.ts'
import { Lab } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'

/** Times of segments, in milliseconds from now. */
function timesOf(c: LabConnection, untilMs: number): number[] {
  const from = c.lab.nowMs
  const times: number[] = []
  while (c.lab.nowMs < from + untilMs) {
    c.lab.wait(4)
    if (c.take().some(({ payload, flags }) => payload.length > 0 || flags.includes('F')))
      times.push(c.lab.nowMs - from)
  }
  return times
}

test('the first timeout is one second; each further one doubles, up to a minute', () => {
  const c = withInFlight(1)
  const times = timesOf(c, 400_000)
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0))
  expect(gaps.map((gap) => Math.round(gap / 1000))).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60])
})

test('a measured round trip sets the timeout, which is at least a quarter of a second', () => {
  const c = withInFlight(1)
  c.lab.wait(5)
  c.send({ flags: 'A', ack: mss })
  c.hostSends(text(10))
  c.take()
  const [first] = timesOf(c, 1000)
  expect(first).toBeGreaterThanOrEqual(248)
  expect(first).toBeLessThanOrEqual(270)
})

test('the timeout follows smoothed round trip and variance (RFC 6298 section 2)', () => {
  const c = new LabConnection(new Lab(), { mss, windowShift: 7 })
  const timeouts = [600, 1000, 200].map((ms, i) => {
    c.hostSends('x')
    c.lab.wait(ms)
    c.send({ flags: 'A', ack: i + 1 })
    return c.host.connection!.rtoMs
  })
  expect(timeouts).toEqual([600 + 4 * 300, 650 + 4 * 325, Math.ceil(593.75 + 4 * 356.25)])
})

test('a retransmitted segment is not timed (Karn)', () => {
  const c = withInFlight(1)
  timesOf(c, 3500)
  c.send({ flags: 'A', ack: mss })
  expect(c.host.connection!.smoothedRttMs).toBe(-1)
})

test('an ACK of new data ends the back-off, with and without an RTT sample', () => {
  const c = withInFlight(1)
  timesOf(c, 16_000)
  c.send({ flags: 'A', ack: mss })
  c.hostSends(text(10))
  c.take()
  const [first] = timesOf(c, 2000)
  expect(first).toBeLessThanOrEqual(1010)
})

test('each ACK of new data restarts the timer (RFC 6298 section 5.3)', () => {
  const c = withInFlight(4)
  c.lab.wait(900)
  c.send({ flags: 'A', ack: mss })
  expect(timesOf(c, 900)).toEqual([])
  expect(timesOf(c, 2000)).not.toEqual([])
})

test('after a timeout one segment is retransmitted, in slow start', () => {
  const c = withInFlight(10)
  c.lab.wait(1010)
  expect(starts(c)).toEqual([0])
  c.send({ flags: 'A', ack: mss })
  expect(starts(c)).toEqual([mss, 2 * mss])
})

test('a connection to a guest that answers nothing is reset on both sides after many minutes', () => {
  const c = withInFlight(1)
  const times = timesOf(c, 900_000)
  expect(times).toHaveLength(15)
  expect(times.at(-1)).toBeGreaterThan(100_000)
  expect([c.host.isReset, c.lab.stack.tcp.size]).toEqual([true, 0])
})

test('after a lost SYN the first flight is one segment, and its timeout three seconds', () => {
  const lab = new Lab()
  const { send } = LabConnection.prototype
  let isFirst = true
  // The first ACK is lost, so the data is retransmitted.
  class Late extends LabConnection {
    override send(...segments: Parameters<typeof send>): void {
      if (segments[0]!.flags === 'A' && isFirst) {
        isFirst = false
        this.lab.wait(1100)
        this.take()
      }
      super.send(...segments)
    }
  }
  const c = new Late(lab, { mss, windowShift: 7 })
  c.hostSends(text(3000))
  expect(starts(c)).toEqual([0])
  const [first] = timesOf(c, 4000)
  expect(first).toBeGreaterThan(2900)
})
