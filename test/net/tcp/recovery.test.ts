/** Loss recovery towards the guest: RFC 6298, 5681, 6582, 6675, 3042, 2018 and 2883. */
import { expect, test } from 'vitest'
import { mss, starts, text, withInFlight } from '../../support/net/in-flight.ts'
import { Lab } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'

test('the first two duplicate ACKs send new data, with and without SACK (RFC 3042)', () => {
  const plain = withInFlight(5, { more: 5 })
  plain.send({ flags: 'A', ack: 0 })
  expect(starts(plain)).toEqual([5 * mss])
  plain.send({ flags: 'A', ack: 0 })
  expect(starts(plain)).toEqual([6 * mss])
  const sack = withInFlight(5, { more: 5, sackPermitted: true })
  sack.send({ flags: 'A', ack: 0, sack: [[mss, 2 * mss]] })
  expect(starts(sack)).toEqual([5 * mss])
})

test('ACKs that change the window, carry data or have no new SACK blocks are not duplicates', () => {
  const c = withInFlight(5)
  for (let i = 0; i < 6; i += 1) c.send({ flags: 'A', ack: 0, window: 60_000 + i })
  for (let i = 0; i < 6; i += 1) c.send({ flags: 'A', seq: i, ack: 0, payload: 'y' })
  expect(starts(c)).toEqual([])
})

test('D-SACK blocks have no effect on recovery (RFC 2883)', () => {
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

test('SACK blocks of a guest that did not offer SACK are ignored', () => {
  const c = withInFlight(5)
  c.send({ flags: 'A', ack: 0, sack: [[mss, 5 * mss]] })
  expect(c.host.connection!.scoreboard.isEmpty).toBe(true)
})

test('after a loss the window is half the flight size, but at least two segments', () => {
  const many = withInFlight(20)
  for (let i = 0; i < 3; i += 1) many.send({ flags: 'A', ack: 0 })
  expect(many.host.connection!.slowStartThreshold).toBe(10 * mss)
  const few = withInFlight(3)
  few.lab.wait(1010)
  expect(few.host.connection!.slowStartThreshold).toBe(2 * mss)
})

test('each partial ACK retransmits the next hole; the last one ends the recovery (RFC 6582)', () => {
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

test('after a timeout, duplicate ACKs of retransmitted data start no recovery (RFC 6582 section 3.2)', () => {
  const c = withInFlight(10)
  c.lab.wait(1010)
  c.take()
  c.send({ flags: 'A', ack: 2 * mss })
  c.take()
  for (let i = 0; i < 4; i += 1) c.send({ flags: 'A', ack: 2 * mss })
  expect(c.host.connection!.isRecovering).toBe(false)
})

test('a lost retransmission is repeated after a timeout', () => {
  const c = withInFlight(6, { sackPermitted: true })
  const report: [number, number][] = [[mss, 6 * mss]]
  c.send({ flags: 'A', ack: 0, sack: report })
  expect(starts(c)).toEqual([0])
  c.lab.wait(1010)
  expect(starts(c)).toEqual([0])
  c.send({ flags: 'A', ack: 6 * mss })
  expect(c.host.connection!.scoreboard.isEmpty).toBe(true)
})

test('a loss right after a recovery is repaired without a timeout if it is SACKed', () => {
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

test('data that a guest reneges on is retransmitted (RFC 2018 section 8)', () => {
  const c = withInFlight(6, { sackPermitted: true })
  c.send({ flags: 'A', ack: 0, sack: [[mss, 6 * mss]] })
  c.take()
  // The hole is filled, and all SACKed data is acknowledged.
  c.send({ flags: 'A', ack: mss })
  expect(starts(c)).toEqual([])
  c.lab.wait(1010)
  expect(starts(c)).toEqual([mss])
})

test('duplicate ACKs detect a loss after any number of bytes without one', () => {
  const c = new LabConnection(new Lab(), { mss, windowShift: 14 })
  const { connection } = c.host
  // Simulates three gigabytes: all numbers have advanced, except those that only a loss sets.
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

test('a lost FIN with the last bytes is retransmitted with them', () => {
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

test('a retransmission includes neither unsent bytes nor bytes beyond a shrunk window', () => {
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

test('a retransmission that acknowledges more updates the window, or room would be counted twice', () => {
  const c = new LabConnection(new Lab(), { mss: 1000 })
  c.send({ flags: 'A', seq: 0, ack: 0, window: 4000, payload: 'abc' })
  c.hostSends(text(20_000))
  c.take()
  // The ACK was lost; the guest retransmits, with 3000 unread bytes in its receive buffer.
  c.send({ flags: 'A', seq: 0, ack: 3000, window: 1000, payload: 'abc' })
  for (const { seq, payload } of c.take()) expect(seq + payload.length).toBeLessThanOrEqual(4000)
})

test('above the threshold the window grows by a segment per round trip (RFC 5681 section 3.1)', () => {
  const c = withInFlight(10)
  const connection = c.host.connection!
  connection.slowStartThreshold = connection.congestionWindow
  for (let i = 1; i <= 10; i += 1) c.send({ flags: 'A', ack: i * mss })
  expect(connection.congestionWindow).toBeGreaterThan(10.9 * mss)
  expect(connection.congestionWindow).toBeLessThanOrEqual(11 * mss)
})

test('during recovery holes are retransmitted only as far as the window allows (RFC 6675)', () => {
  const c = withInFlight(20, { sackPermitted: true })
  const blocks = [1, 3, 5].map((i): [number, number] => [i * mss, (i + 1) * mss])
  for (let i = 1; i <= 3; i += 1) c.send({ flags: 'A', ack: 0, sack: blocks.slice(0, i) })
  // Of 20 segments, three have arrived and three are lost: 14 are in flight, and half of 20 may be.
  expect(starts(c)).toEqual([0])
})

test('a FIN lost together with data is retransmitted by the ACK of the data', () => {
  const c = withInFlight(5)
  c.hostEnds()
  expect(c.takeTexts()).toEqual(['FA 5000 ack 0'])
  for (let i = 0; i < 3; i += 1) c.send({ flags: 'A', ack: 0 })
  expect(starts(c)).toEqual([0])
  c.send({ flags: 'A', ack: 5 * mss })
  expect(c.takeTexts()).toEqual(['FA 5000 ack 0'])
})

test('SACK information survives the first timeout, not the second (RFC 2018 section 8)', () => {
  const c = withInFlight(5, { sackPermitted: true })
  c.send({ flags: 'A', ack: 0, sack: [[2 * mss, 3 * mss]] })
  const { scoreboard } = c.host.connection!
  c.lab.wait(1_010)
  expect(scoreboard.isEmpty).toBe(false)
  c.lab.wait(2_010)
  expect(scoreboard.isEmpty).toBe(true)
})

test('without SACK each further duplicate ACK lets new data follow (RFC 5681 section 3.2, step 4)', () => {
  const c = withInFlight(10, { more: 10 })
  for (let i = 0; i < 10; i += 1) c.send({ flags: 'A', ack: 0 })
  // Two by limited transmit, the retransmission, then what half of the ten before them leaves room for.
  expect(starts(c)).toEqual([10, 11, 0, 12, 13, 14].map((i) => i * mss))
})

test.each([false, true])('limited transmit does not count in the flight size (SACK %s)', (sackPermitted) => {
  const c = withInFlight(10, { sackPermitted, more: 10 })
  for (let i = 1; i <= 3; i += 1) {
    const sack: [number, number][] = [[mss, (i + 1) * mss]]
    c.send({ flags: 'A', ack: 0, ...(sackPermitted ? { sack } : {}) })
  }
  expect(c.host.connection!.slowStartThreshold).toBe(5 * mss)
})
