/** Resets, SYNs and unacceptable segments, in each state (RFC 9293 section 3.10.7, RFC 5961). */
import { expect, test } from 'vitest'
import { stateName } from '../../../src/net/tcp/connection.ts'
import { flow, Lab, network } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'
import { syn } from '../../support/net/openings.ts'
import { summed, tcpFrame } from '../../support/net/segments.ts'

/** A connection in TIME-WAIT; the next sequence number is 1 for both sides. */
function timeWait(): LabConnection {
  const c = new LabConnection(new Lab())
  c.hostEnds()
  c.send({ flags: 'FA', seq: 0, ack: 1 })
  c.take()
  expect(stateName(c.host.connection!)).toBe('TIME-WAIT')
  return c
}

test('an old segment changes nothing: its older window is ignored (3.10.7.4)', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', seq: 0, ack: 0, window: 500, payload: 'x' })
  c.send({ flags: 'A', seq: 0, ack: 0, window: 0, payload: 'x' })
  c.take()
  c.hostSends('y'.repeat(3000))
  expect(c.take().reduce((sum, { payload }) => sum + payload.length, 0)).toBe(3000)
})

const states: readonly [string, (c: LabConnection) => void][] = [
  ['ESTABLISHED', () => {}],
  ['CLOSE-WAIT', (c) => c.send({ flags: 'FA', seq: 0, ack: 0 })],
  ['FIN-WAIT-1', (c) => c.hostEnds()],
  [
    'FIN-WAIT-2',
    (c) => {
      c.hostEnds()
      c.send({ flags: 'A', seq: 0, ack: 1 })
    },
  ],
  [
    'CLOSING',
    (c) => {
      c.hostEnds()
      c.send({ flags: 'FA', seq: 0, ack: 0 })
    },
  ],
  [
    'LAST-ACK',
    (c) => {
      c.send({ flags: 'FA', seq: 0, ack: 0 })
      c.hostEnds()
    },
  ],
]

/** A connection in that state, and its next sequence numbers. */
function inState(name: string, reach: (c: LabConnection) => void) {
  const c = new LabConnection(new Lab())
  reach(c)
  // Delayed ACKs are not part of these tests.
  c.lab.wait(10)
  c.take()
  const { connection } = c.host
  expect(stateName(connection!)).toBe(name)
  const seq = connection!.isFinReceived ? 1 : 0
  const ack = connection!.isFinSent ? 1 : 0
  return { c, seq, ack }
}

test.each(states)(
  'in %s only a reset with the next number resets; one in the window is challenged',
  (...state) => {
    const { c, seq, ack } = inState(...state)
    c.send({ flags: 'R', seq: seq - 1 }, { flags: 'R', seq: seq + 10_000_000 })
    expect(c.take()).toEqual([])
    c.send({ flags: 'R', seq: seq + 1 })
    expect(c.takeTexts()).toEqual([`A ${ack} ack ${seq}`])
    expect([c.host.isReset, c.lab.stack.tcp.size]).toEqual([false, 1])
    c.send({ flags: 'R', seq })
    expect([c.host.isReset, c.lab.stack.tcp.size]).toEqual([true, 0])
    expect(c.take()).toEqual([])
  },
)

test.each(states)('in %s a SYN gets a rate-limited challenge ACK, whatever its number', (...state) => {
  const { c, seq, ack } = inState(...state)
  for (let i = 0; i < 10; i += 1) c.send({ flags: 'S', seq: seq + 5 })
  expect(c.takeTexts()).toEqual([`A ${ack} ack ${seq}`])
  c.lab.wait(100)
  c.send({ flags: 'S', seq: seq + 1_000_000_000, mss: 1460 })
  expect(c.takeTexts()).toContain(`A ${ack} ack ${seq}`)
  expect(c.lab.stack.tcp.size).toBe(1)
})

test.each(states)(
  'in %s an ACK of unsent data is challenged, and its other fields are ignored',
  (...state) => {
    const { c, seq, ack } = inState(...state)
    c.send({ flags: 'A', seq, ack: ack + 1, payload: 'forged', window: 0 })
    expect(c.takeTexts()).toEqual([`A ${ack} ack ${seq}`])
    expect(c.hostText).toBe('')
    expect(c.host.connection!.peerWindow).toBeGreaterThan(0)
  },
)

test.each(states)('in %s a segment without ACK is dropped (RFC 9293 section 3.10.7.4)', (...state) => {
  const { c, seq } = inState(...state)
  c.send({ flags: '', seq, payload: 'silent' })
  expect(c.take()).toEqual([])
  expect(c.hostText).toBe('')
})

test.each(states)('in %s a keepalive is ACKed, with and without its garbage byte', (...state) => {
  const { c, seq, ack } = inState(...state)
  // In states such as LAST-ACK, the ACK of a FIN would end the connection.
  const known = c.host.connection!.isFinAcked ? ack : 0
  c.send({ flags: 'A', seq: seq - 1, ack: known })
  expect(c.takeTexts()).toEqual([`A ${ack} ack ${seq}`])
  c.send({ flags: 'A', seq: seq - 1, ack: known, payload: '\0' })
  expect(c.takeTexts()).toEqual([`A ${ack} ack ${seq} sack ${seq - 1}-${seq}`])
  expect(c.hostText).toBe('')
})

test('ACKs of unacceptable empty segments are rate-limited, which prevents ACK loops', () => {
  const c = new LabConnection(new Lab())
  for (let i = 0; i < 1000; i += 1) c.send({ flags: 'A', seq: -5, ack: 0 })
  expect(c.take().length).toBe(1)
  // Retransmitted data is ACKed: the guest may need that ACK.
  c.send({ flags: 'A', seq: 0, ack: 0, payload: 'abc' })
  c.take()
  for (let i = 0; i < 10; i += 1) c.send({ flags: 'A', seq: 0, ack: 0, payload: 'abc' })
  expect(c.take().length).toBe(10)
})

test('a guest that lost its connections can reuse a port: challenge ACK, reset, then a new connection', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'S', seq: 500_000, mss: 1460 })
  expect(c.takeTexts()).toEqual(['A 0 ack 0'])
  c.send({ flags: 'R', seq: 0 })
  expect(c.host.isReset).toBe(true)
  c.send({ flags: 'S', seq: 500_000, mss: 1460 })
  expect(c.lab.dials).toHaveLength(2)
})

test('data before a reset in the same burst reaches the host first', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'PA', seq: 0, ack: 0, payload: 'quit' }, { flags: 'RA', seq: 4, ack: 0 })
  expect(c.hostText).toBe('quit')
  expect(c.host.isReset).toBe(true)
})

test('in TIME-WAIT an ACK is not ACKed, because the guest may be in TIME-WAIT too', () => {
  const c = timeWait()
  c.send({ flags: 'A', seq: 1, ack: 1 })
  expect(c.take()).toEqual([])
  for (let i = 0; i < 20; i += 1) c.send({ flags: 'A', seq: 9, ack: 1 })
  expect(c.takeTexts()).toEqual(['A 1 ack 1'])
})

test('in TIME-WAIT a retransmitted FIN is ACKed and restarts the timer; a reset is ignored (RFC 1337)', () => {
  const c = timeWait()
  c.lab.wait(20_000)
  c.send({ flags: 'FA', seq: 0, ack: 1 })
  expect(c.takeTexts()).toEqual(['A 1 ack 1'])
  c.lab.wait(20_000)
  c.send({ flags: 'R', seq: 1 })
  expect(c.lab.stack.tcp.size).toBe(1)
  c.lab.wait(11_000)
  expect(c.lab.stack.tcp.size).toBe(0)
})

test('in TIME-WAIT a SYN with an older number opens no connection', () => {
  const c = timeWait()
  c.send({ flags: 'S', seq: -5000, mss: 1460 })
  expect(c.takeTexts()).toEqual(['A 1 ack 1'])
  expect(c.lab.dials).toHaveLength(1)
})

test('ECN bits, reserved bits and URG are ignored', () => {
  const c = new LabConnection(new Lab())
  const frame = tcpFrame(network.address, flow.address, flow, {
    flags: 'PA',
    seq: (c.guestIsn + 1) | 0,
    ack: (c.isn + 1) | 0,
    payload: 'urgent',
  })
  // NS, CWR, ECE and URG, and the urgent pointer.
  frame[46] = frame[46]! | 0x0f
  frame[47] = frame[47]! | 0xe0
  frame[53] = 3
  c.lab.arrive(summed(frame))
  expect(c.hostText).toBe('urgent')
  expect(c.takeTexts()).toEqual(['A 0 ack 6'])
})

test('a SYN that offers ECN opens a connection without ECN (RFC 3168 section 6.1.1)', () => {
  const lab = new Lab()
  const frame = tcpFrame(network.address, flow.address, flow, syn)
  frame[47] = frame[47]! | 0xc0
  lab.arrive(summed(frame))
  lab.act((stack) => stack.tcp.hostConnected(lab.dials[0]!.connection!))
  const [answer] = lab.takeFrames()
  expect(answer![47]).toBe(0x12)
})
