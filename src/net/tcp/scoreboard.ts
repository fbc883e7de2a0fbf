/** SACKed ranges (RFC 2018) above the guest's cumulative ACK, sorted, without overlap. */
import { distance, isAfter, isBefore } from './sequence.ts'

/** Limits memory if a guest reports many separate ranges; ranges beyond it are retransmitted needlessly. */
const maxRanges = 64

export class Scoreboard {
  /** Pairs of edges. */
  #edges: number[] = []
  /** Bytes in all ranges. */
  bytes = 0

  get isEmpty(): boolean {
    return this.#edges.length === 0
  }

  /** The byte after the highest range; valid only if not empty. */
  get highest(): number {
    return this.#edges[this.#edges.length - 1]!
  }

  /** Returns true if the range added new bytes. */
  add(from: number, to: number): boolean {
    const edges = this.#edges
    let first = 0
    while (first < edges.length && isBefore(edges[first + 1]!, from)) first += 2
    let last = first
    let left = from
    let right = to
    while (last < edges.length && !isAfter(edges[last]!, to)) {
      if (isBefore(edges[last]!, left)) left = edges[last]!
      if (isAfter(edges[last + 1]!, right)) right = edges[last + 1]!
      last += 2
    }
    const isKnown = last - first === 2 && edges[first] === left && edges[first + 1] === right
    if (isKnown || (last === first && edges.length >= 2 * maxRanges)) return false
    edges.splice(first, last - first, left, right)
    this.#count()
    return true
  }

  /** Drops ranges before the cumulative ACK. */
  advance(una: number): void {
    const edges = this.#edges
    while (edges.length > 0 && !isAfter(edges[1]!, una)) edges.splice(0, 2)
    if (edges.length > 0 && isBefore(edges[0]!, una)) edges[0] = una
    this.#count()
  }

  /** The first byte at or after `sequence` that is not in a range. */
  firstGap(sequence: number): number {
    for (let i = 0; i < this.#edges.length; i += 2) {
      if (isBefore(sequence, this.#edges[i]!)) return sequence
      if (isBefore(sequence, this.#edges[i + 1]!)) return this.#edges[i + 1]!
    }
    return sequence
  }

  /** Bytes from `sequence`, which is not in a range, to the next range; at most `most`. */
  gapBytes(sequence: number, most: number): number {
    for (let i = 0; i < this.#edges.length; i += 2) {
      if (isAfter(this.#edges[i]!, sequence)) return Math.min(most, distance(sequence, this.#edges[i]!))
    }
    return most
  }

  clear(): void {
    this.#edges.length = 0
    this.bytes = 0
  }

  #count(): void {
    let bytes = 0
    for (let i = 0; i < this.#edges.length; i += 2) bytes += distance(this.#edges[i]!, this.#edges[i + 1]!)
    this.bytes = bytes
  }
}
