/** Out-of-order queue: sorted segments without overlap, held until the gap is filled. */
import { distance, isAfter, isBefore } from './sequence.ts'

interface Piece {
  /** Sequence numbers of the first byte and of the byte after the last. */
  from: number
  to: number
  bytes: Uint8Array
}

/** Overhead of a piece: array, its buffer and the queue entry. */
const pieceCostBytes = 256

/** Blocks with a known order of arrival: two more than fit in a SACK option. */
const maxRecent = 6

/** A window of full segments needs fewer pieces; more indicate a hostile sender. */
const maxPieces = 1024

export class Reassembly {
  #pieces: Piece[] = []
  /** One byte of each block, newest first: the order of SACK blocks (RFC 2018 section 4). */
  readonly #recent: number[] = []
  /** End of the latest segment: the next one may extend the same block. */
  #latestEnd = 0
  bytes = 0

  /** Memory used, including the overhead of each piece. */
  get heldBytes(): number {
    return this.bytes + this.#pieces.length * pieceCostBytes
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0
  }

  /** The first contiguous part of a segment that is already held (for D-SACK). */
  held(from: number, to: number): readonly [from: number, to: number] | undefined {
    let found: [number, number] | undefined
    for (const piece of this.#pieces) {
      const start = isAfter(piece.from, from) ? piece.from : from
      const end = isBefore(piece.to, to) ? piece.to : to
      if (!isBefore(start, end)) continue
      if (found === undefined) found = [start, end]
      else if (found[1] === start) found[1] = end
      else break
    }
    return found
  }

  /** Stores the new parts of a segment, unless there are too many pieces. */
  add(sequence: number, buffer: Uint8Array, start: number, end: number): void {
    this.#noteRecent(sequence, (sequence + end - start) | 0)
    let from = sequence
    let at = start
    let index = this.#pieces.findIndex((piece) => isAfter(piece.to, from))
    if (index < 0) index = this.#pieces.length
    // Keep existing parts and insert the data between them.
    while (at < end) {
      const next = this.#pieces[index]
      const gap = next === undefined ? end - at : Math.min(end - at, distance(from, next.from))
      if (gap > 0) {
        if (this.#pieces.length >= maxPieces) return
        const bytes = buffer.slice(at, at + gap)
        this.#pieces.splice(index, 0, { from, to: (from + gap) | 0, bytes })
        this.bytes += gap
        from = (from + gap) | 0
        at += gap
        index += 1
        if (next === undefined) break
      }
      const skip = distance(from, next!.to)
      from = (from + skip) | 0
      at += skip
      index += 1
    }
  }

  /** Removes the piece with the byte at `sequence`; returns it from that byte on. */
  take(sequence: number): Uint8Array | undefined {
    for (;;) {
      const piece = this.#pieces[0]
      if (piece === undefined || isAfter(piece.from, sequence)) return undefined
      this.#pieces.shift()
      this.bytes -= piece.bytes.length
      if (isAfter(piece.to, sequence)) return piece.bytes.subarray(distance(piece.from, sequence))
    }
  }

  /** Writes up to `max` blocks as pairs of edges after `skipped` others; returns their number. */
  sackBlocks(edges: Int32Array, skipped: number, max: number): number {
    const blocks: [number, number][] = []
    for (const { from, to } of this.#pieces) {
      const last = blocks.at(-1)
      if (last !== undefined && last[1] === from) last[1] = to
      else blocks.push([from, to])
    }
    let known = 0
    for (const sequence of this.#recent) {
      const at = blocks.findIndex(([from, to]) => !isBefore(sequence, from) && isBefore(sequence, to))
      if (at >= known) blocks.splice(known++, 0, ...blocks.splice(at, 1))
    }
    const count = Math.min(max, blocks.length)
    for (let i = 0; i < count; i += 1) edges.set(blocks[i]!, 2 * (skipped + i))
    return count
  }

  #noteRecent(sequence: number, end: number): void {
    const isContinued = sequence === this.#latestEnd && this.#recent.length > 0
    this.#latestEnd = end
    if (isContinued) return
    this.#recent.unshift(sequence)
    if (this.#recent.length > maxRecent) this.#recent.pop()
  }

  clear(): void {
    this.#pieces = []
    this.#recent.length = 0
    this.bytes = 0
  }
}
