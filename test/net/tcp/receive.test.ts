import { expect, test } from 'vitest'
import { Lab, LabConnection } from './lab.ts'

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

test('a gap is reported by SACK at once, newest block first, and closed in order', () => {
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

test('text that was there already is left out, whatever it overlaps', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', seq: 0, ack: 0, payload: 'abcd' })
  c.send({ flags: 'A', seq: 2, ack: 0, payload: 'cdef' })
  c.send({ flags: 'A', seq: 0, ack: 0, payload: 'ab' })
  expect(c.hostText).toBe('abcdef')
  expect(c.takeTexts().at(-1)).toBe('A 0 ack 6')
})

test('a FIN that comes early waits until the host has taken every byte before it', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'FA', seq: 3, ack: 0, payload: 'd' })
  expect(c.host.isEnded).toBe(false)
  c.send({ flags: 'A', seq: 0, ack: 0, payload: 'abc' })
  expect(c.hostText).toBe('abcd')
  expect(c.host.isEnded).toBe(true)
  expect(c.takeTexts().at(-1)).toBe('A 0 ack 5')
})

test('the window is the room left at the host, and never shrinks from the right', () => {
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

test('text beyond the window is not taken', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', seq: 10_000_000, ack: 0, payload: 'far away' })
  expect(c.hostText).toBe('')
  expect(c.takeTexts()).toEqual(['A 0 ack 0'])
})
