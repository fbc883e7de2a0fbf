import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerSntp } from '../../../../src/net/services/ntp/sntp.ts'

function request(version = 4, mode = 3): Uint8Array {
  const bytes = new Uint8Array(48).fill(0)
  bytes[0] = (version << 3) | mode
  bytes[2] = 6
  bytes.set([1, 2, 3, 4, 5, 6, 7, 8], 40)
  return bytes
}

function milliseconds(reply: Uint8Array, offset: number): number {
  const view = new DataView(reply.buffer)
  return (view.getUint32(offset) - 2_208_988_800 + view.getUint32(offset + 4) / 2 ** 32) * 1000
}

test.each([1, 2, 3, 4])('version %i gets a reply of the same version, as a stratum 2 server', (version) => {
  const reply = answerSntp(request(version), 1_700_000_000_123)!
  expect(reply).toHaveLength(48)
  expect(reply[0]).toBe((version << 3) | 4)
  expect(reply[1]).toBe(2)
  expect(reply[2]).toBe(6)
})

test("the originate timestamp is an exact copy of the client's transmit timestamp", () => {
  expect([...answerSntp(request(), 0)!.subarray(24, 32)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

test('receive and transmit timestamps are the host clock with millisecond precision', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_085_978_495_000 }), (nowMs) => {
      const reply = answerSntp(request(), nowMs)!
      for (const offset of [16, 32, 40]) expect(milliseconds(reply, offset)).toBeCloseTo(nowMs, 2)
    }),
  )
})

test('a time after February 2036 wraps into era 1', () => {
  const reply = answerSntp(request(), 2_085_978_497_000)!
  expect(new DataView(reply.buffer).getUint32(40)).toBe(1)
})

test('symmetric active is answered as symmetric passive', () => {
  expect(answerSntp(request(4, 1), 0)![0]! & 7).toBe(2)
})

test('only a request gets a reply, so that two servers cannot exchange packets endlessly', () => {
  for (const mode of [0, 2, 4, 5, 6, 7]) expect(answerSntp(request(4, mode), 0)).toBeUndefined()
  expect(answerSntp(request(0), 0)).toBeUndefined()
  expect(answerSntp(request(5), 0)).toBeUndefined()
  expect(answerSntp(request().subarray(0, 47), 0)).toBeUndefined()
})
