/** Out-of-order segments, sorted and without overlap, until the gap is filled. */
import { distance, isAfter, isBefore } from './sequence.ts'

interface Piece {
  /** Sequence numbers of the first byte and of the one behind the last. */
  from: number
  to: number
  bytes: Uint8Array
}

/** Of an array, its buffer and the entry for them. */
const pieceCostBytes = 256

/** Blocks whose order of arrival is known: two more than a SACK option has room for. */
const maxRecent = 6

/** More pieces than a window of full segments gives are the work of a hostile sender. */
const maxPieces = 1024

export class Reassembly {
  #pieces: Piece[] = []
  /** A byte of each block, newest first: the order in which SACK reports them (RFC 2018 section 4). */
  readonly #recent: number[] = []
  /** Where the segment that came last ended: the next one may only extend its block. */
  #latestEnd = 0
  bytes = 0

  /** What it takes up, with what each piece costs besides. */
  get heldBytes(): number {
    return this.bytes + this.#pieces.length * pieceCostBytes
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0
  }

  /** The first part of a segment that is held already, as far as it goes without a gap. */
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

  /** Keeps what is new of a segment, unless there are too many pieces. */
  add(sequence: number, buffer: Uint8Array, start: number, end: number): void {
    this.#noteRecent(sequence, (sequence + end - start) | 0)
    let from = sequence
    let at = start
    let index = this.#pieces.findIndex((piece) => isAfter(piece.to, from))
    if (index < 0) index = this.#pieces.length
    // Parts that are there already stay as they are; what lies between them is put in.
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

  /** Takes the piece that holds the byte at `sequence`, without what comes before it. */
  take(sequence: number): Uint8Array | undefined {
    for (;;) {
      const piece = this.#pieces[0]
      if (piece === undefined || isAfter(piece.from, sequence)) return undefined
      this.#pieces.shift()
      this.bytes -= piece.bytes.length
      if (isAfter(piece.to, sequence)) return piece.bytes.subarray(distance(piece.from, sequence))
    }
  }

  /** Writes up to `max` blocks as pairs of edges, behind `skipped` others; gives how many. */
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
