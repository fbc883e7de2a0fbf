import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newKernel } from '../../../src/net/wasm/module.ts'
import { sumOf } from '../../../src/net/wire/checksum.ts'
import { PacketBuffer } from '../../../src/net/wire/packet.ts'

const { memory, kernel } = newKernel(256 * 1024)
const base = 100
const fast = new PacketBuffer(memory.subarray(base), kernel)

/** Reference implementation (RFC 1071 section 4.1), word by word. */
function plainSum(bytes: Uint8Array): number {
  let total = 0
  for (let i = 0; i < bytes.length; i += 2) total += (bytes[i]! << 8) | (bytes[i + 1] ?? 0)
  while (total > 0xffff) total = (total & 0xffff) + Math.floor(total / 0x10000)
  return total
}

test('both implementations match the definition for any offset and length', () => {
  const anyBytes = fc.uint8Array({ minLength: 0, maxLength: 2000 })
  fc.assert(
    fc.property(anyBytes, fc.nat(40), (bytes, at) => {
      fast.bytes.set(bytes, at)
      expect(sumOf(fast.view, at, bytes.length)).toBe(plainSum(bytes))
      expect(fast.sum(at, bytes.length)).toBe(plainSum(bytes))
    }),
    { numRuns: 2000 },
  )
})

test('the largest sums do not overflow', () => {
  fast.bytes.fill(0xff)
  for (const length of [64, 1500, 65_535, 128 * 1024]) {
    const expected = plainSum(fast.bytes.subarray(3, 3 + length))
    expect(sumOf(fast.view, 3, length)).toBe(expected)
    expect(fast.sum(3, length)).toBe(expected)
  }
})
