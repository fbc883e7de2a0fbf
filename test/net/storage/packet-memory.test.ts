import fc from 'fast-check'
import { expect, test } from 'vitest'
import { blockBytes, PacketMemory, smallestPieceBytes } from '../../../src/net/storage/packet-memory.ts'

const sizes = [smallestPieceBytes, 4 * smallestPieceBytes, blockBytes / 2, blockBytes]

test('pieces never overlap, and freed memory can be reused in any size', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(3), fc.nat(99)), { maxLength: 200 }), (steps) => {
      const memory = new PacketMemory(4)
      const held: Uint8Array[] = []
      for (const [isTaking, size, which] of steps) {
        if (!isTaking) {
          if (held.length > 0) memory.give(held.splice(which % held.length, 1)[0]!)
          continue
        }
        const piece = memory.take(sizes[size]!)
        if (piece === undefined) continue
        expect(piece.length).toBe(sizes[size])
        for (const other of held) {
          const isApart =
            piece.byteOffset >= other.byteOffset + other.length ||
            other.byteOffset >= piece.byteOffset + piece.length
          expect(isApart).toBe(true)
        }
        held.push(piece)
      }
      for (const piece of held) memory.give(piece)
      const whole = Array.from({ length: 4 }, () => memory.take(blockBytes))
      expect(whole).not.toContain(undefined)
      expect(memory.take(smallestPieceBytes)).toBeUndefined()
    }),
    { numRuns: 100 },
  )
})

test('when memory is exhausted a buffer is ordinary memory, which is not returned', () => {
  const memory = new PacketMemory(1)
  const first = memory.takeBuffer(blockBytes)
  const second = memory.takeBuffer(blockBytes)
  expect([first.kernel === undefined, second.kernel === undefined]).toEqual([false, true])
  memory.give(second.bytes)
  expect(memory.take(blockBytes)).toBeUndefined()
})
