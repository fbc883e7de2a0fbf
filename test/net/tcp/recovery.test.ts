/** Loss towards the guest: RFC 6298, 5681, 6582, 6675, 3042, 2018 and 2883. */
import { expect, test } from 'vitest'
import { Lab, LabConnection } from '../../support/net/lab.ts'

const text = (length: number) => 'x'.repeat(length)
const mss = 1000

/** Full segments on their way; the congestion window is filled by them. */
function withInFlight(segments: number, { sackPermitted = false, more = 0 } = {}): LabConnection {
  const c = new LabConnection(new Lab(), { mss, sackPermitted, windowShift: 7 })
  c.host.connection!.congestionWindow = segments * mss
  c.hostSends(text((segments + more) * mss))
  expect(c.take()).toHaveLength(segments)
  return c
}

const starts = (c: LabConnection) => c.take().flatMap(({ seq, payload }) => (payload.length > 0 ? [seq] : []))

/** When segments went out, in milliseconds from now. */
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

test('the first timeout comes after a second; each next one after twice as long, up to a minute', () => {
  const c = withInFlight(1)
  const times = timesOf(c, 400_000)
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0))
  expect(gaps.map((gap) => Math.round(gap / 1000))).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60])
})

test('a round trip that was measured sets the timeout, which is never below a quarter of a second', () => {
  const c = withInFlight(1)
  c.lab.wait(5)
  c.send({ flags: 'A', ack: mss })
  c.hostSends(text(10))
  c.take()
  const [first] = timesOf(c, 1000)
  expect(first).toBeGreaterThanOrEqual(248)
  expect(first).toBeLessThanOrEqual(270)
})

test('a retransmitted segment is not measured (Karn)', () => {
  const c = withInFlight(1)
  timesOf(c, 3500)
  c.send({ flags: 'A', ack: mss })
  expect(c.host.connection!.smoothedRttMs).toBe(-1)
})

test('an ACK of new data ends the backoff, whether or not anything was measured', () => {
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

test('after a timeout one segment goes, and slow start begins', () => {
  const c = withInFlight(10)
  c.lab.wait(1010)
  expect(starts(c)).toEqual([0])
  c.send({ flags: 'A', ack: mss })
  expect(starts(c)).toEqual([mss, 2 * mss])
})

test('a guest that answers nothing is given up after many minutes, and both ends are reset', () => {
  const c = withInFlight(1)
  const times = timesOf(c, 900_000)
  expect(times).toHaveLength(15)
  expect(times.at(-1)).toBeGreaterThan(100_000)
  expect([c.host.isReset, c.lab.stack.tcp.size]).toEqual([true, 0])
})

test('when a SYN was lost the first flight is one segment, and its timeout three seconds', () => {
  const lab = new Lab()
  const { send } = LabConnection.prototype
  let isFirst = true
  // The first answer does not get there, so that it is sent again.
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

test('the first two duplicate ACKs send new data, without SACK and with it (RFC 3042)', () => {
  const plain = withInFlight(5, { more: 5 })
  plain.send({ flags: 'A', ack: 0 })
  expect(starts(plain)).toEqual([5 * mss])
  plain.send({ flags: 'A', ack: 0 })
  expect(starts(plain)).toEqual([6 * mss])
  const sack = withInFlight(5, { more: 5, sackPermitted: true })
  sack.send({ flags: 'A', ack: 0, sack: [[mss, 2 * mss]] })
  expect(starts(sack)).toEqual([5 * mss])
})

test('ACKs that change the window, carry text or report nothing new are not duplicates', () => {
  const c = withInFlight(5)
  for (let i = 0; i < 6; i += 1) c.send({ flags: 'A', ack: 0, window: 60_000 + i })
  for (let i = 0; i < 6; i += 1) c.send({ flags: 'A', seq: i, ack: 0, payload: 'y' })
  expect(starts(c)).toEqual([])
})

test('reports of duplicates cause nothing (D-SACK, RFC 2883)', () => {
  const c = withInFlight(5, { sackPermitted: true })
  c.send({ flags: 'A', ack: 2 * mss })
  for (let i = 0; i < 6; i += 1) c.send({ flags: 'A', ack: 2 * mss, sack: [[0, mss]] })
  expect(starts(c)).toEqual([])
  expect(c.host.connection!.isRecovering).toBe(false)
})

test('SACK blocks of unsent data, backward blocks and empty ones are ignored', () => {
  const c = withInFlight(5, { sackPermitted: true })
  const nonsense: [number, number][] = [
    [mss, 90_000],
    [3 * mss, 2 * mss],
    [2 * mss, 2 * mss],
    [-500, -100],
    [0, 3 * mss],
    [0x7fff_0000, 0x7fff_ffff],
    [0x7fff_ffff, -2],
  ]
  for (const block of nonsense) c.send({ flags: 'A', ack: 0, sack: [block] })
  expect(c.host.connection!.scoreboard.isEmpty).toBe(true)
  expect(starts(c)).toEqual([])
})

test('reports from a guest that did not offer them are ignored', () => {
  const c = withInFlight(5)
  c.send({ flags: 'A', ack: 0, sack: [[mss, 5 * mss]] })
  expect(c.host.connection!.scoreboard.isEmpty).toBe(true)
})

test('half of the flight size is the new window after a loss, and no less than two segments', () => {
  const many = withInFlight(20)
  for (let i = 0; i < 3; i += 1) many.send({ flags: 'A', ack: 0 })
  expect(many.host.connection!.slowStartThreshold).toBe(10 * mss)
  const few = withInFlight(3)
  few.lab.wait(1010)
  expect(few.host.connection!.slowStartThreshold).toBe(2 * mss)
})

test('every partial ACK sends the next hole; the last one ends the recovery (RFC 6582)', () => {
  const c = withInFlight(10)
  for (let i = 0; i < 3; i += 1) c.send({ flags: 'A', ack: 0 })
  expect(starts(c)).toEqual([0])
  for (const hole of [2, 5, 7]) {
    c.send({ flags: 'A', ack: hole * mss })
    expect(starts(c)[0]).toBe(hole * mss)
  }
  c.send({ flags: 'A', ack: 10 * mss })
  expect(c.host.connection!.isRecovering).toBe(false)
  expect(c.host.connection!.congestionWindow).toBeGreaterThanOrEqual(5 * mss)
})

test('after a timeout duplicate ACKs of retransmitted data start no recovery (RFC 6582 section 3.2)', () => {
  const c = withInFlight(10)
  c.lab.wait(1010)
  c.take()
  c.send({ flags: 'A', ack: 2 * mss })
  c.take()
  for (let i = 0; i < 4; i += 1) c.send({ flags: 'A', ack: 2 * mss })
  expect(c.host.connection!.isRecovering).toBe(false)
})

test('a segment that is lost again goes again after a timeout', () => {
  const c = withInFlight(6, { sackPermitted: true })
  const report: [number, number][] = [[mss, 6 * mss]]
  c.send({ flags: 'A', ack: 0, sack: report })
  expect(starts(c)).toEqual([0])
  c.lab.wait(1010)
  expect(starts(c)).toEqual([0])
  c.send({ flags: 'A', ack: 6 * mss })
  expect(c.host.connection!.scoreboard.isEmpty).toBe(true)
})

test('a loss right behind a recovery is repaired without a timeout, if it is reported', () => {
  const c = withInFlight(6, { sackPermitted: true, more: 6 })
  c.send({ flags: 'A', ack: 0, sack: [[mss, 6 * mss]] })
  c.take()
  c.send({ flags: 'A', ack: 6 * mss })
  c.host.connection!.congestionWindow = 20 * mss
  c.hostSends('y')
  c.take()
  c.send({ flags: 'A', ack: 6 * mss, sack: [[7 * mss, 12 * mss]] })
  expect(starts(c)).toEqual([6 * mss])
})

test('a guest that takes back what it reported gets it again (RFC 2018 section 8)', () => {
  const c = withInFlight(6, { sackPermitted: true })
  c.send({ flags: 'A', ack: 0, sack: [[mss, 6 * mss]] })
  c.take()
  // The hole is filled, and what lay behind it is gone.
  c.send({ flags: 'A', ack: mss })
  expect(starts(c)).toEqual([])
  c.lab.wait(1010)
  expect(starts(c)).toEqual([mss])
})

test('a loss is noticed by duplicates after any number of bytes without one', () => {
  const c = new LabConnection(new Lab(), { mss, windowShift: 14 })
  const { connection } = c.host
  // As after three gigabytes: all numbers have moved on, but for what only a loss sets.
  let ack = 0
  const block = text(200_000)
  connection!.congestionWindow = 0x3fff_ffff
  for (let sent = 0; sent < 5; sent += 1) {
    c.hostSends(block)
    c.lab.takeFrames()
    ack += block.length
    c.send({ flags: 'A', ack })
    const { una } = connection!
    const moved = (una + 0x3000_0000) | 0
    connection!.una = moved
    connection!.next = moved
    connection!.max = moved
    connection!.windowAcknowledgment = moved
    ack = (moved - c.isn - 1) | 0
  }
  c.hostSends(text(5000))
  c.take()
  for (let i = 0; i < 3; i += 1) c.send({ flags: 'A', ack })
  expect(starts(c)[0]).toBe(ack)
})

test('a FIN with the last bytes, lost, goes again with them', () => {
  const c = new LabConnection(new Lab())
  c.hostSends('the ')
  c.take()
  c.hostSends('end')
  c.hostEnds()
  expect(c.takeTexts()).toEqual(['PA 4 ack 0 "end"', 'FA 7 ack 0'])
  c.send({ flags: 'A', ack: 4 })
  c.lab.wait(1010)
  expect(c.takeTexts()[0]).toBe('FPA 4 ack 0 "end"')
  c.send({ flags: 'A', ack: 8 })
  expect(c.host.connection!.isFinAcked).toBe(true)
})

test('a retransmission carries no unsent bytes, and none beyond a shrunk window', () => {
  const c = new LabConnection(new Lab(), { mss: 1000 })
  c.send({ flags: 'A', ack: 0, window: 400 })
  for (let i = 0; i < 4; i += 1) c.hostSends(text(100))
  c.hostSends(text(5000))
  expect(c.take().map(({ seq, payload }) => [seq, payload.length])).toEqual(
    [0, 100, 200, 300].map((at) => [at, 100]),
  )
  for (let i = 0; i < 3; i += 1) c.send({ flags: 'A', ack: 0, window: 400 })
  expect(c.take().map(({ seq, payload }) => [seq, payload.length])).toEqual([[0, 400]])
  const shrunk = new LabConnection(new Lab(), { mss: 1000 })
  shrunk.hostSends(text(8000))
  shrunk.take()
  shrunk.send({ flags: 'A', ack: 0, window: 300 })
  for (let i = 0; i < 3; i += 1) shrunk.send({ flags: 'A', ack: 0, window: 300 })
  expect(shrunk.take().map(({ payload }) => payload.length)).toEqual([300])
})

test('old text that acknowledges more brings its window: else the room would count twice', () => {
  const c = new LabConnection(new Lab(), { mss: 1000 })
  c.send({ flags: 'A', seq: 0, ack: 0, window: 4000, payload: 'abc' })
  c.hostSends(text(20_000))
  c.take()
  // The ACK was lost; the guest sends its text again, having taken 3000 bytes that its program has not read.
  c.send({ flags: 'A', seq: 0, ack: 3000, window: 1000, payload: 'abc' })
  for (const { seq, payload } of c.take()) expect(seq + payload.length).toBeLessThanOrEqual(4000)
})
