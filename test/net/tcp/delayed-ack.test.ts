import { expect, test } from 'vitest'
import { Lab } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'

/** A connection whose host has answered a question at once. */
function answered(): { lab: Lab; c: LabConnection } {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.send({ flags: 'PA', ack: 0, payload: 'one?' })
  expect(c.takeTexts()).toEqual(['A 0 ack 4'])
  c.hostSends('one!')
  expect(c.takeTexts()).toEqual(['PA 0 ack 4 "one!"'])
  return { lab, c }
}

test('the ACK of a request is carried by the response, if the last response was immediate', () => {
  const { c } = answered()
  c.send({ flags: 'PA', seq: 4, ack: 4, payload: 'two?' })
  expect(c.takeTexts()).toEqual([])
  c.hostSends('two!')
  expect(c.takeTexts()).toEqual(['PA 4 ack 8 "two!"'])
})

test('without a response the ACK is sent after two milliseconds, and the next one immediately', () => {
  const { lab, c } = answered()
  c.send({ flags: 'PA', seq: 4, ack: 4, payload: 'two?' })
  lab.wait(1)
  expect(c.takeTexts()).toEqual([])
  lab.wait(1)
  expect(c.takeTexts()).toEqual(['A 4 ack 8'])
  c.send({ flags: 'PA', seq: 8, ack: 4, payload: 'three?' })
  expect(c.takeTexts()).toEqual(['A 4 ack 14'])
})

test('neither the ACK of a second small segment nor that of a full segment is delayed', () => {
  const { c } = answered()
  c.send({ flags: 'PA', seq: 4, ack: 4, payload: 'two?' })
  c.send({ flags: 'PA', seq: 8, ack: 4, payload: 'or' })
  expect(c.takeTexts()).toEqual(['A 4 ack 10'])
  const full = answered()
  full.c.send({ flags: 'PA', seq: 4, ack: 4, payload: 'x'.repeat(1460) })
  expect(full.c.takeTexts()).toEqual(['A 4 ack 1464'])
})

test('the ACK of the guest’s FIN is carried by the FIN of the host', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.send({ flags: 'FA', ack: 0 })
  expect(c.takeTexts()).toEqual([])
  c.hostEnds()
  expect(c.takeTexts()).toEqual(['FA 0 ack 1'])
  const slow = new LabConnection(new Lab())
  slow.send({ flags: 'FA', ack: 0 })
  slow.lab.wait(2)
  expect(slow.takeTexts()).toEqual(['A 0 ack 1'])
})

test('no delayed ACK remains for a closed connection', () => {
  const { lab, c } = answered()
  c.send({ flags: 'PA', seq: 4, ack: 4, payload: 'two?' })
  c.send({ flags: 'R', seq: 8 })
  lab.wait(10)
  expect(lab.takeFrames()).toEqual([])
})
