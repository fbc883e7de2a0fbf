import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AddressTable, isIpv6 } from '../../../src/net/core/address-table.ts'

const address = fc.uint8Array({ minLength: 16, maxLength: 16 })
/** Few, so that they come again. */
const few = fc.nat(40).map((i) => Uint8Array.from({ length: 16 }, (_, at) => (at === 15 ? i : at)))

test('an address has one handle, in a range without IPv4 hosts, and converts back unchanged', () => {
  const table = new AddressTable(7)
  fc.assert(
    fc.property(fc.array(address, { maxLength: 50 }), (addresses) => {
      for (const bytes of addresses) {
        const handle = table.internBytes(bytes)
        expect(isIpv6(handle)).toBe(true)
        expect(table.internBytes(bytes)).toBe(handle)
        expect(table.bytes(handle)).toEqual(bytes)
        expect(table.sum(handle)).toBe(
          bytes.reduce((sum, byte, i) => sum + (i % 2 === 0 ? byte << 8 : byte), 0),
        )
      }
    }),
  )
})

test('a sweep keeps used and pinned handles, for any additions and removals', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(few, fc.boolean()), { minLength: 1, maxLength: 60 }), (steps) => {
      const table = new AddressTable(3)
      const pinned = table.pin(new Uint8Array(16))
      const kept = new Map<number, Uint8Array>()
      for (const [bytes, isKept] of steps) {
        const handle = table.internBytes(bytes)
        if (isKept) kept.set(handle, bytes)
        table.sweep(kept.keys())
        for (const [held, its] of kept) {
          expect(table.bytes(held)).toEqual(its)
          expect(table.internBytes(its)).toBe(held)
        }
        expect(table.internBytes(new Uint8Array(16))).toBe(pinned)
        expect(table.size).toBeLessThanOrEqual(kept.size + 1)
      }
    }),
  )
})

test('a full table returns no new handles until a sweep', () => {
  const table = new AddressTable(1)
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  let last = -1
  for (let i = 0; i < 140_000; i += 1) {
    view.setUint32(12, i)
    last = table.internBytes(bytes)
  }
  expect(last).toBe(0)
  table.sweep([])
  expect(table.size).toBe(0)
  expect(table.internBytes(bytes)).toBeGreaterThan(0)
})
