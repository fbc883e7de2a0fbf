/** Sequence numbers around 2^32 and 2^31, against plain integers (RFC 9293 section 3.4). */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Reassembly } from '../../../src/net/tcp/reassembly.ts'
import { Scoreboard } from '../../../src/net/tcp/scoreboard.ts'
import { add, distance, isAfter, isBefore } from '../../../src/net/tcp/sequence.ts'

/** Start numbers near both wraps, signed and unsigned, and random ones. */
const start = fc.oneof(
  fc.integer({ min: -5000, max: 5000 }),
  fc.integer({ min: 0x7fff_ffff - 5000, max: 0x7fff_ffff }),
  fc.integer({ min: -0x8000_0000, max: -0x8000_0000 + 5000 }),
  fc.integer(),
)

test('order and distance are those of plain integers, for distances below half the number space', () => {
  fc.assert(
    fc.property(start, fc.integer({ min: -0x7fff_ffff, max: 0x7fff_ffff }), (from, apart) => {
      const to = add(from, apart)
      expect(distance(from, to)).toBe(apart)
      expect([isBefore(from, to), isAfter(from, to)]).toEqual([apart > 0, apart < 0])
    }),
    { numRuns: 2000 },
  )
})

const range = fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 60 }))

test('a scoreboard contains the same bytes as a plain set, wherever the numbers wrap', () => {
  fc.assert(
    fc.property(start, fc.array(range, { maxLength: 30 }), fc.nat(360), (base, ranges, una) => {
      const board = new Scoreboard()
      const known = new Set<number>()
      for (const [from, bytes] of ranges) {
        const before = known.size
        for (let i = 0; i < bytes; i += 1) known.add(from + i)
        const isNews = board.add(add(base, from), add(base, from + bytes))
        expect(isNews).toBe(known.size > before)
      }
      board.advance(add(base, una))
      for (const at of known) if (at < una) known.delete(at)
      expect(board.bytes).toBe(known.size)
      let gap = una
      while (known.has(gap)) gap += 1
      expect(distance(base, board.firstGap(add(base, una)))).toBe(gap)
      if (board.isEmpty) return
      expect(distance(base, board.highest)).toBe(Math.max(...known) + 1)
      let bytes = 0
      while (bytes < 500 && !known.has(gap + bytes)) bytes += 1
      expect(board.gapBytes(add(base, gap), 500)).toBe(bytes)
    }),
    { numRuns: 2000 },
  )
})

test('reassembly returns each byte once and in order, and reports the held blocks, wherever the numbers wrap', () => {
  const text = Uint8Array.from({ length: 400 }, (_, i) => i * 7)
  fc.assert(
    fc.property(start, fc.array(range, { maxLength: 30 }), (base, ranges) => {
      const pieces = new Reassembly()
      const held = new Set<number>()
      for (const [from, bytes] of ranges) {
        pieces.add(add(base, from), text, from, from + bytes)
        for (let i = 0; i < bytes; i += 1) held.add(from + i)
        expect(pieces.bytes).toBe(held.size)
        const edges = new Int32Array(200)
        const blocks = pieces.sackBlocks(edges, 0, 100)
        const told = new Set<number>()
        for (let i = 0; i < blocks; i += 1) {
          for (let at = edges[2 * i]!; at !== edges[2 * i + 1]!; at = add(at, 1)) told.add(distance(base, at))
        }
        expect([...told].sort()).toEqual([...held].sort())
        // Newest first (RFC 2018 section 4).
        const [first, end] = [distance(base, edges[0]!), distance(base, edges[1]!)]
        expect(first <= from + bytes - 1 && end > from).toBe(true)
      }
      let next = 0
      for (let at = 0; at < 400; ) {
        const bytes = pieces.take(add(base, at))
        if (bytes === undefined) at += 1
        else {
          expect(Buffer.from(bytes).equals(text.subarray(at, at + bytes.length))).toBe(true)
          next += bytes.length
          at += bytes.length
        }
      }
      expect([next, pieces.bytes, pieces.isEmpty]).toEqual([held.size, 0, true])
    }),
    { numRuns: 1000 },
  )
})
