/** Segments to a connection that is not yet established (RFC 9293 section 3.10.7.3 and 3.10.7.4, RFC 5961). */
import { expect, test } from 'vitest'
import { Lab } from '../../support/net/lab.ts'
import { guestSends, syn } from '../../support/net/openings.ts'

/** A connection whose SYN-ACK is on its way; its number, as the guest acknowledges it. */
function synReceived(): { lab: Lab; ack: number } {
  const lab = new Lab()
  guestSends(lab, syn)
  lab.act((stack) => stack.tcp.hostConnected(lab.dials[0]!.connection!))
  const [answer] = lab.takeSegments()
  return { lab, ack: (answer!.seq + 1) | 0 }
}

test('during the dial only a reset with the next number ends the connection', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  guestSends(
    lab,
    { flags: 'R', seq: 5000 },
    { flags: 'A', seq: 101, ack: 1 },
    { flags: 'FA', seq: 101, ack: 1 },
  )
  expect([lab.dials[0]!.isReset, lab.stack.tcp.size]).toEqual([false, 1])
  expect(lab.takeSegments()).toEqual([])
  guestSends(lab, { flags: 'R', seq: 101 })
  expect([lab.dials[0]!.isReset, lab.stack.tcp.size]).toEqual([true, 0])
})

test('during the dial a SYN of a new connection replaces the old one', () => {
  const lab = new Lab()
  guestSends(lab, syn)
  guestSends(lab, { flags: 'S', seq: 900, mss: 1000 })
  lab.act((stack) => stack.tcp.hostConnected(lab.dials[0]!.connection!))
  expect(lab.takeSegments()).toMatchObject([
    { flags: 'SA', ack: 901, sackPermitted: false, windowShift: undefined },
  ])
  expect(lab.dials).toHaveLength(1)
})

test('in SYN-RECEIVED resets follow RFC 5961 too', () => {
  const { lab, ack } = synReceived()
  guestSends(lab, { flags: 'R', seq: 50 }, { flags: 'R', seq: 105 })
  expect(lab.takeSegments()).toMatchObject([{ flags: 'A', seq: ack, ack: 101 }])
  guestSends(lab, { flags: 'R', seq: 101 })
  expect([lab.dials[0]!.isReset, lab.stack.tcp.size]).toEqual([true, 0])
})

test('in SYN-RECEIVED a retransmitted SYN gets the same SYN-ACK, and another SYN a challenge ACK', () => {
  const { lab, ack } = synReceived()
  guestSends(lab, syn)
  expect(lab.takeSegments()).toMatchObject([{ flags: 'SA', seq: (ack - 1) | 0, ack: 101 }])
  guestSends(lab, { flags: 'S', seq: 150 })
  expect(lab.takeSegments()).toMatchObject([{ flags: 'A', seq: ack, ack: 101 }])
})

test('in SYN-RECEIVED an ACK of unsent data is answered by a reset, and the connection remains', () => {
  const { lab, ack } = synReceived()
  guestSends(lab, { flags: 'A', seq: 101, ack: ack + 7 }, { flags: 'A', seq: 101, ack: ack - 1 })
  expect(lab.takeSegments()).toMatchObject([
    { flags: 'R', seq: (ack + 7) | 0 },
    { flags: 'R', seq: (ack - 1) | 0 },
  ])
  guestSends(lab, { flags: 'A', seq: 101, ack, payload: 'hello' })
  expect(new TextDecoder().decode(Uint8Array.from(lab.dials[0]!.received))).toBe('hello')
})

test('data on the ACK of our SYN, or with a FIN, is not lost', () => {
  const { lab, ack } = synReceived()
  guestSends(lab, { flags: 'FPA', seq: 101, ack, payload: 'all of it' })
  expect(new TextDecoder().decode(Uint8Array.from(lab.dials[0]!.received))).toBe('all of it')
  expect(lab.dials[0]!.isEnded).toBe(true)
})

test('data on a SYN is not acknowledged, and accepted when it is retransmitted', () => {
  const lab = new Lab()
  guestSends(lab, { ...syn, payload: 'early' })
  lab.act((stack) => stack.tcp.hostConnected(lab.dials[0]!.connection!))
  const [answer] = lab.takeSegments()
  expect(answer).toMatchObject({ flags: 'SA', ack: 101 })
  guestSends(lab, { flags: 'A', seq: 101, ack: answer!.seq + 1, payload: 'early' })
  expect(new TextDecoder().decode(Uint8Array.from(lab.dials[0]!.received))).toBe('early')
})
