/** Memory for send buffers, by size, kept for the next connection up to a bound; the rest is the collector's. */
const maxKeptBytes = 16 * 1024 * 1024

export class RingPool {
  readonly #free = new Map<number, Uint8Array[]>()
  #keptBytes = 0
  /** Given out and not given back. */
  usedBytes = 0

  /** @param size a power of two. */
  take(size: number): Uint8Array {
    this.usedBytes += size
    const kept = this.#free.get(size)?.pop()
    if (kept === undefined) return new Uint8Array(size)
    this.#keptBytes -= size
    return kept
  }

  give(ring: Uint8Array): void {
    this.usedBytes -= ring.length
    if (this.#keptBytes + ring.length > maxKeptBytes) return
    this.#keptBytes += ring.length
    const kept = this.#free.get(ring.length)
    if (kept === undefined) this.#free.set(ring.length, [ring])
    else kept.push(ring)
  }

  /** Lets go of what is kept, when nothing has happened for a while. */
  trim(): void {
    this.#free.clear()
    this.#keptBytes = 0
  }
}
