import { expect, test } from 'vitest'
import { Lab } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'

test('segments of one burst cost one write to the host and one ACK', () => {
  const c = new LabConnection(new Lab())
  c.send(
    { flags: 'A', seq: 0, ack: 0, payload: 'abc' },
    { flags: 'A', seq: 3, ack: 0, payload: 'def' },
    { flags: 'PA', seq: 6, ack: 0, payload: 'g' },
  )
  expect(c.hostText).toBe('abcdefg')
  expect(c.host.writes).toBe(1)
  expect(c.takeTexts()).toEqual(['A 0 ack 7'])
})

test('a gap is reported by SACK immediately, newest block first, and closed in order', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', seq: 2, ack: 0, payload: 'cd' })
  expect(c.takeTexts()).toEqual(['A 0 ack 0 sack 2-4'])
  c.send({ flags: 'A', seq: 6, ack: 0, payload: 'gh' })
  expect(c.takeTexts()).toEqual(['A 0 ack 0 sack 6-8 sack 2-4'])
  c.send({ flags: 'A', seq: 0, ack: 0, payload: 'ab' })
  expect(c.takeTexts()).toEqual(['A 0 ack 4 sack 6-8'])
  c.send({ flags: 'A', seq: 4, ack: 0, payload: 'ef' })
  expect(c.takeTexts()).toEqual(['A 0 ack 8'])
  expect(c.hostText).toBe('abcdefgh')
})

test('duplicate data is skipped, for any overlap', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', seq: 0, ack: 0, payload: 'abcd' })
  c.send({ flags: 'A', seq: 2, ack: 0, payload: 'cdef' })
  c.send({ flags: 'A', seq: 0, ack: 0, payload: 'ab' })
  expect(c.hostText).toBe('abcdef')
  expect(c.takeTexts().at(-1)).toBe('A 0 ack 6 sack 0-2')
})

const duplicates: [string, { seq: number; payload: string }[], string[]][] = [
  ['all of it', [{ seq: 0, payload: 'abcd' }], ['A 0 ack 4 sack 0-4']],
  ['its end', [{ seq: 2, payload: 'cd' }], ['A 0 ack 4 sack 2-4']],
  ['its first part, with more behind', [{ seq: 2, payload: 'cdef' }], ['A 0 ack 6 sack 2-4']],
  [
    'a part, before what came early',
    [
      { seq: 8, payload: 'ij' },
      { seq: 0, payload: 'abcd' },
    ],
    ['A 0 ack 4 sack 8-10', 'A 0 ack 4 sack 0-4 sack 8-10'],
  ],
  [
    'what came early and waits',
    [
      { seq: 8, payload: 'ij' },
      { seq: 8, payload: 'ij' },
    ],
    ['A 0 ack 4 sack 8-10', 'A 0 ack 4 sack 8-10 sack 8-10'],
  ],
]

test.each(duplicates)('a duplicate of %s is reported once (D-SACK, RFC 2883)', (_, segments, answers) => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', seq: 0, ack: 0, payload: 'abcd' })
  c.take()
  const texts = segments.flatMap((segment) => {
    c.send({ flags: 'A', ack: 0, ...segment })
    return c.takeTexts()
  })
  expect(texts).toEqual(answers)
  c.send({ flags: 'A', seq: 100, ack: 0, payload: 'later' })
  expect(c.takeTexts().at(-1)).toMatch(/^A 0 ack \d+ sack 100-105( sack 8-10)?$/)
})

test('a D-SACK block covers received bytes only, even with a zero window', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  let seq = 0
  for (let room = 1; room > 0; ) {
    c.send({ flags: 'A', seq, ack: 0, payload: 'x'.repeat(1400) })
    seq += 1400
    c.host.queuedBytes = seq
    const { ack, window } = c.take()[0]!
    room = window
    seq = ack
  }
  c.send({ flags: 'A', seq: seq - 10, ack: 0, payload: 'y'.repeat(30) })
  expect(c.takeTexts().at(-1)).toMatch(new RegExp(` ack ${seq} sack ${seq - 10}-${seq}$`))
})

test('an early FIN waits until the host has taken all bytes before it', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'FA', seq: 3, ack: 0, payload: 'd' })
  expect(c.host.isEnded).toBe(false)
  c.send({ flags: 'A', seq: 0, ack: 0, payload: 'abc' })
  expect(c.hostText).toBe('abcd')
  expect(c.host.isEnded).toBe(true)
  expect(c.takeTexts().at(-1)).toBe('A 0 ack 5')
})

test('the window is the free space at the host, and its right edge never moves left', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  const payload = 'x'.repeat(1400)
  let seq = 0
  let edge = 0
  for (let i = 0; i < 1000; i += 1) {
    c.send({ flags: 'A', seq, ack: 0, payload })
    seq += payload.length
    c.host.queuedBytes = seq
    const { window, ack } = c.take()[0]!
    const right = ack + window * 128
    expect(right).toBeGreaterThanOrEqual(edge - 127)
    edge = Math.max(edge, right)
    if (window * 128 < payload.length) break
  }
  expect(seq).toBeGreaterThan(256 * 1024)
  expect(seq).toBeLessThanOrEqual(600 * 1024)
  c.send({ flags: 'A', seq, ack: 0, payload: 'y'.repeat(2000) })
  expect(c.hostText.length).toBeLessThanOrEqual(edge)
  c.take()
  c.host.queuedBytes = 0
  lab.act((stack) => stack.tcp.hostDrained(c.host.connection!))
  expect(c.take()).toMatchObject([{ flags: 'A' }])
})

test('data beyond the window is dropped', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', seq: 10_000_000, ack: 0, payload: 'far away' })
  expect(c.hostText).toBe('')
  expect(c.takeTexts()).toEqual(['A 0 ack 0'])
})

test('data after a FIN never reaches the host (RFC 9293 section 3.10.7.4)', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'FA', seq: 0, ack: 0, payload: 'all' })
  c.lab.wait(10)
  c.take()
  c.send({ flags: 'A', seq: 4, ack: 0, payload: 'more' })
  c.send({ flags: 'FA', seq: 4, ack: 0, payload: 'more' })
  expect(c.hostText).toBe('all')
  expect(c.takeTexts()).toEqual(['A 0 ack 4'])
})

test('a gap before a FIN, or data across it, ends the host’s input exactly once', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'FA', seq: 3, ack: 0 })
  c.send({ flags: 'A', seq: 6, ack: 0, payload: 'beyond' })
  c.send({ flags: 'A', seq: 0, ack: 0, payload: 'abc' })
  expect([c.hostText, c.host.isEnded]).toEqual(['abc', true])
  c.send({ flags: 'A', seq: 4, ack: 0, payload: 'de' })
  expect(c.hostText).toBe('abc')
})

/** A connection with a full window. */
function full(): LabConnection {
  const c = new LabConnection(new Lab(), { mss: 1460 })
  const { length } = 'x'.repeat(1400)
  for (let seq = 0; ; seq += length) {
    c.host.queuedBytes = seq + length
    c.send({ flags: 'A', seq, ack: 0, payload: 'x'.repeat(length) })
    if (c.take().at(-1)!.window > 0) continue
    c.host.queuedBytes = c.host.received.length
    return c
  }
}

test('with a zero window every probe is ACKed, and a FIN without data is accepted', () => {
  const c = full()
  const seq = c.host.received.length
  for (let i = 0; i < 5; i += 1) {
    c.send({ flags: 'A', seq, ack: 0, payload: 'p' })
    expect(c.take()).toMatchObject([{ ack: seq, window: 0 }])
  }
  c.send({ flags: 'A', seq: seq - 1, ack: 0 })
  expect(c.take()).toMatchObject([{ ack: seq, window: 0 }])
  c.send({ flags: 'FA', seq, ack: 0 })
  expect(c.host.isEnded).toBe(true)
})

test('with a zero window only ACKs and the exact reset are accepted', () => {
  const c = full()
  const seq = c.host.received.length
  c.hostSends('down')
  c.take()
  c.send({ flags: 'A', seq, ack: 4 })
  expect(c.host.connection!.buffer.length).toBe(0)
  c.send({ flags: 'R', seq: seq + 1 })
  expect(c.host.isReset).toBe(false)
  c.send({ flags: 'R', seq })
  expect(c.host.isReset).toBe(true)
})

test('the window opens by at least a full segment of the link (RFC 9293 section 3.8.6.2.2)', () => {
  const c = full()
  const start = c.host.queuedBytes
  for (let taken = 0; taken < 1460; taken += 100) {
    c.host.queuedBytes = start - taken
    c.lab.act((stack) => stack.tcp.hostDrained(c.host.connection!))
    expect(c.take()).toEqual([])
  }
  c.host.queuedBytes = start - 1500
  c.lab.act((stack) => stack.tcp.hostDrained(c.host.connection!))
  expect(c.take()[0]!.window).toBeGreaterThanOrEqual(1460)
})

test.each([1500, 9000, 65_520])('MTU %i: with SACK blocks no frame exceeds the MTU', (mtu) => {
  const mss = mtu - 40
  const c = new LabConnection(new Lab(mtu), { mss, windowShift: 7, sackPermitted: true })
  for (const seq of [100, 300, 500, 700, 900]) c.send({ flags: 'A', seq, ack: 0, payload: 'island' })
  c.lab.takeFrames()
  c.hostSends('y'.repeat(2 * mss - 20))
  const frames = c.lab.takeFrames()
  expect(frames.length).toBe(2)
  for (const { length } of frames) expect(length - 14).toBeLessThanOrEqual(mtu)
  // Segments with enough room still contain the SACK blocks.
  c.hostSends('z')
  expect(c.takeTexts()[0]).toContain('sack 900-906 sack 700-706 sack 500-506 sack 300-306')
})

test('each out-of-order segment of a burst has its own ACK, because senders count them (RFC 5681 section 4.2)', () => {
  const c = new LabConnection(new Lab(), { mss: 1460 })
  c.send(...[10, 20, 30].map((seq) => ({ flags: 'A', seq, ack: 0, payload: 'x' })))
  expect(c.takeTexts()).toEqual(['A 0 ack 0', 'A 0 ack 0', 'A 0 ack 0'])
})
