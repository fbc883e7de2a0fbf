import { expect, test } from 'vitest'
import { halfSipHash, InitialSequence } from '../../../src/net/tcp/initial-sequence.ts'
import { distance } from '../../../src/net/tcp/sequence.ts'

const flow = { guestAddress: 1, guestPort: 40_000, address: 2, port: 80 }

test('the hash matches the reference vector of its authors', () => {
  expect(halfSipHash(0x0302_0100, 0x0706_0504, 0x0302_0100, 0x0706_0504, 0x0b0a_0908)).toBe(0x2f87_f057)
})

test('numbers of one flow increase by 250 per millisecond, with wrap-around (RFC 6528)', () => {
  const numbers = new InitialSequence(1, 2)
  for (const nowMs of [0, 1, 5_000_000, 8_589_934, 17_179_869, 1e12]) {
    expect(distance(numbers.of(flow, nowMs), numbers.of(flow, nowMs + 1000))).toBe(250_000)
  }
})

test('numbers of another flow, or with another key, are unrelated', () => {
  const numbers = new InitialSequence(1, 2)
  const others = [
    numbers.of({ ...flow, port: 81 }, 0),
    numbers.of({ ...flow, guestPort: 40_001 }, 0),
    numbers.of({ ...flow, address: 3 }, 0),
    numbers.of({ ...flow, guestAddress: 5 }, 0),
    new InitialSequence(1, 3).of(flow, 0),
    new InitialSequence(0, 2).of(flow, 0),
  ]
  for (const other of others)
    expect(Math.abs(distance(other, numbers.of(flow, 0)))).toBeGreaterThan(1_000_000)
})
