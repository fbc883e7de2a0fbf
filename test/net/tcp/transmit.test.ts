import { expect, test } from 'vitest'
import { tcpDefaults } from '../../../src/net/tcp/context.ts'
import { Lab } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'

const text = (length: number, letter = 'x') => letter.repeat(length)

test('data is sent in full segments, the last one with PSH', () => {
  const c = new LabConnection(new Lab())
  c.hostSends(text(3000))
  expect(c.take().map(({ flags, payload }) => [flags, payload.length])).toEqual([
    ['A', 1460],
    ['A', 1460],
    ['PA', 80],
  ])
})

test("data in flight never exceeds the guest's window", () => {
  const c = new LabConnection(new Lab(), { mss: 1460 })
  c.send({ flags: 'A', ack: 0, window: 5000 })
  c.hostSends(text(20_000))
  expect(c.take().reduce((sum, { payload }) => sum + payload.length, 0)).toBeLessThanOrEqual(5000)
})

test('three duplicate ACKs retransmit the missing segment without a timeout', () => {
  const c = new LabConnection(new Lab(), { mss: 1000 })
  c.hostSends(text(8000))
  c.take()
  for (let i = 0; i < 3; i += 1) c.send({ flags: 'A', ack: 0 })
  expect(c.take().map(({ seq, payload }) => [seq, payload.length])).toContainEqual([0, 1000])
})

test('a partial ACK in recovery retransmits the next hole immediately (RFC 6582)', () => {
  const c = new LabConnection(new Lab(), { mss: 1000 })
  c.hostSends(text(8000))
  for (let i = 0; i < 3; i += 1) c.send({ flags: 'A', ack: 0 })
  c.take()
  c.send({ flags: 'A', ack: 2000 })
  expect(c.take().map(({ seq }) => seq)).toContain(2000)
})

test('with SACK only the holes are retransmitted', () => {
  const c = new LabConnection(new Lab(), { mss: 1000, sackPermitted: true })
  c.hostSends(text(10_000))
  c.take()
  c.send({ flags: 'A', ack: 0, sack: [[1000, 2000]] })
  c.send({
    flags: 'A',
    ack: 0,
    sack: [
      [3000, 4000],
      [1000, 2000],
    ],
  })
  c.send({
    flags: 'A',
    ack: 0,
    sack: [
      [3000, 9000],
      [1000, 2000],
    ],
  })
  const again = c.take().map(({ seq, payload }) => [seq, payload.length])
  expect(again).toEqual([
    [0, 1000],
    [2000, 1000],
  ])
})

test('without an ACK the first segment is retransmitted with back-off (RFC 6298)', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.hostSends(text(100))
  c.take()
  const times: number[] = []
  for (let ms = 0; ms < 20_000; ms += 50) {
    lab.wait(50)
    if (c.take().some(({ payload }) => payload.length === 100)) times.push(ms)
  }
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0))
  expect(gaps.length).toBeGreaterThanOrEqual(4)
  for (let i = 1; i < gaps.length; i += 1) expect(gaps[i]! / gaps[i - 1]!).toBeCloseTo(2, 0)
})

test('a zero window is probed while the guest answers, and data flows when it opens', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.send({ flags: 'A', ack: 0, window: 0 })
  c.hostSends(text(2000))
  expect(c.take()).toEqual([])
  let probes = 0
  for (let second = 0; second < 600; second += 1) {
    lab.wait(1000)
    for (const { payload } of c.take()) {
      expect(payload.length).toBe(1)
      probes += 1
      c.send({ flags: 'A', ack: 0, window: 0 })
    }
  }
  expect(probes).toBeGreaterThan(8)
  c.send({ flags: 'A', ack: 0, window: 1000 })
  expect(c.take().reduce((sum, { payload }) => sum + payload.length, 0)).toBe(2000)
})

test('the FIN of the host stream is sent beyond a zero window once the bytes before it are acknowledged', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.send({ flags: 'A', ack: 0, window: 0 })
  c.hostSends('last words')
  c.hostEnds()
  lab.wait(5000)
  c.take()
  c.send({ flags: 'A', ack: 0, window: 100 })
  expect(c.take()).toMatchObject([{ flags: 'FPA', seq: 0 }])
})

test('a guest that does not read its link stops data but not ACKs', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  lab.queuedBytes = 1024 * 1024
  c.hostSends(text(5000))
  expect(c.take()).toEqual([])
  c.send({ flags: 'A', ack: 0, payload: 'up' })
  expect(c.takeTexts()).toEqual(['A 0 ack 2'])
  lab.queuedBytes = 0
  lab.act((stack) => stack.linkDrained())
  expect(c.take().reduce((sum, { payload }) => sum + payload.length, 0)).toBe(5000)
})

test('reading from the host pauses until the guest acknowledges', () => {
  const c = new LabConnection(new Lab())
  expect(c.host.isReading).toBe(true)
  for (let sent = 0; sent < tcpDefaults.sendBytes; sent += 100_000) c.hostSends(text(100_000))
  expect(c.host.isReading).toBe(false)
  for (let round = 0; round < 100 && !c.host.isReading; round += 1) {
    const sent = c.take()
    const last = sent.reduce((end, { seq, payload }) => Math.max(end, seq + payload.length), 0)
    c.send({ flags: 'A', ack: last })
  }
  expect(c.host.isReading).toBe(true)
})

test('an ACK next to a probe is within the zero window, or the guest would drop it', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.send({ flags: 'A', ack: 0, window: 0 })
  c.hostSends(text(2000))
  lab.wait(1500)
  expect(c.take()[0]!.payload.length).toBe(1)
  c.send({ flags: 'A', ack: 0, window: 0 })
  c.send({ flags: 'A', ack: 0, window: 0, payload: 'upload' })
  lab.wait(10)
  expect(c.takeTexts()).toEqual(['A 0 ack 6'])
})

test('a reset is within the window too, and so is an ACK after the window has shrunk', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.hostSends(text(5000))
  c.take()
  c.send({ flags: 'A', ack: 1460, window: 10, payload: 'upload' })
  lab.wait(10)
  expect(c.takeTexts()).toEqual([`A ${1460 + 10 * 128} ack 6`])
  c.send({ flags: 'A', seq: 6, ack: 1460, window: 0 })
  lab.act((stack) => stack.tcp.abortAll(() => true))
  expect(c.take()).toMatchObject([{ flags: 'RA', seq: 1460 }])
})

test('when the window opens after minutes, a loss right afterwards causes no back-off', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.send({ flags: 'A', ack: 0, window: 0 })
  c.hostSends(text(100))
  for (let second = 0; second < 300; second += 1) {
    lab.wait(1000)
    for (const _probe of c.take()) c.send({ flags: 'A', ack: 0, window: 0 })
  }
  c.send({ flags: 'A', ack: 0, window: 1000 })
  expect(c.take()).toHaveLength(1)
  lab.wait(1010)
  expect(c.take()).toHaveLength(1)
})

test('a connection ends when probes stay unanswered', () => {
  const unresponsive = new LabConnection(new Lab())
  unresponsive.send({ flags: 'A', ack: 0, window: 0 })
  unresponsive.hostSends('x')
  unresponsive.lab.wait(1_000_000)
  expect([unresponsive.host.isReset, unresponsive.lab.stack.tcp.size]).toEqual([true, 0])
})

test('a probe byte that the guest accepts advances the next probe', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.send({ flags: 'A', ack: 0, window: 0 })
  c.hostSends('abc')
  c.hostEnds()
  for (const [ack, probe] of ['a', 'b', 'c'].entries()) {
    lab.wait(1_010)
    expect(c.takeTexts()[0]).toContain(`${ack} ack 0 "${probe}"`)
    c.send({ flags: 'A', ack: ack + 1, window: 0 })
  }
  c.send({ flags: 'A', ack: 4, window: 0 })
  expect(c.host.connection!.isFinAcked).toBe(true)
})

test('a FIN without data is sent immediately despite a zero window', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', ack: 0, window: 0 })
  c.hostEnds()
  expect(c.takeTexts()).toEqual(['FA 0 ack 0'])
})

test('a window that opens in small steps gets no small segments while data is in flight', () => {
  const c = new LabConnection(new Lab())
  c.hostSends(text(70_000))
  c.take()
  c.send({ flags: 'A', ack: 64_240, window: 10 })
  c.take()
  for (let window = 11; window < 20; window += 1) c.send({ flags: 'A', ack: 64_240, window })
  for (const { payload } of c.take()) expect(payload.length).toBe(1460)
})

test('retransmissions respect a shrunk window', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.hostSends(text(10_000))
  c.take()
  c.send({ flags: 'A', ack: 0, window: 16 })
  lab.wait(1010)
  const again = c.take()
  expect(again.length).toBeGreaterThan(0)
  for (const { seq, payload } of again) expect(seq + payload.length).toBeLessThanOrEqual(16 * 128)
})

test('a probe with the last byte takes the FIN along, and sends no other', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', ack: 0, window: 0 })
  c.hostSends('x')
  c.hostEnds()
  c.lab.wait(1_010)
  expect(c.takeTexts()).toEqual(['FPA 0 ack 0 "x"'])
})

test('half of the largest window is sent beside data in flight, if the window is below a segment', () => {
  const c = new LabConnection(new Lab(65_520), { mss: 65_480, window: 60_000 })
  c.send({ flags: 'A', ack: 0, window: 60_000 })
  c.hostSends(text(20_000))
  c.hostSends(text(100_000))
  expect(c.take().map(({ payload }) => payload.length)).toEqual([20_000, 40_000])
})

test('after a reset by the host the guest gets all data that came before, however small its window', () => {
  const c = new LabConnection(new Lab(), { mss: 1460, window: 100 })
  c.send({ flags: 'A', ack: 0, window: 100 })
  c.hostSends(text(300))
  c.lab.act((stack) => stack.tcp.hostReset(c.host.connection!))
  for (let acked = 100; acked <= 300; acked += 100) {
    expect(c.take()).toMatchObject([{ seq: acked - 100, payload: { length: 100 } }])
    c.send({ flags: 'A', ack: acked, window: 100 })
  }
  expect(c.takeTexts()).toEqual(['RA 300 ack 0'])
})
