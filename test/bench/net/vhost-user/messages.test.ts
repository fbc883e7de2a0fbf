import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as messages from '../../../../bench/net/vhost-user/messages.ts'

test('arbitrary payloads are parsed or refused, and regions have safe ends', () => {
  const payload = fc.uint8Array({ maxLength: messages.maxPayloadBytes })
  const few = fc.tuple(fc.integer({ min: 0, max: 9 }), payload).map(([count, bytes]) => {
    const view = new DataView(new ArrayBuffer(8 + bytes.length))
    new Uint8Array(view.buffer).set(bytes, 8)
    view.setUint32(0, count, true)
    return new Uint8Array(view.buffer)
  })
  fc.assert(
    fc.property(fc.oneof(payload, few), (bytes) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      messages.vringStateOf(view)
      messages.vringAddressesOf(view)
      for (const { guestAt, userAt, fileAt, bytes: size } of messages.regionsOf(view) ?? []) {
        expect(size).toBeGreaterThan(0)
        for (const at of [guestAt, userAt, fileAt]) expect(Number.isSafeInteger(at + size)).toBe(true)
      }
    }),
    { numRuns: 1000 },
  )
})

test('a header of another version, or with a payload that no front-end sends, is refused', () => {
  const header = (flags: number, bytes: number): DataView =>
    new DataView(Uint32Array.of(1, flags, bytes).buffer)
  expect(messages.payloadBytesOf(header(1, 8))).toBe(8)
  expect(messages.payloadBytesOf(header(2, 8))).toBeUndefined()
  expect(messages.payloadBytesOf(header(1, messages.maxPayloadBytes + 1))).toBeUndefined()
})
