/**
 * Hash table from flows to values, without a string or object per look-up: the caller writes the flow's words
 * (addresses, ports) into `key` before each operation. Open addressing, linear probing, backward-shift deletion.
 * The number of words is configurable, so a key can contain IPv6 addresses.
 */
const smallestCapacity = 64

export class FlowTable<T> {
  readonly key: Int32Array
  readonly #words: number
  #seed: number
  #capacity = smallestCapacity
  #keys: Int32Array
  #values: (T | undefined)[]
  #size = 0

  /** @param seed random, so that an attacker cannot choose flows that collide */
  constructor(words: number, seed: number) {
    this.#words = words
    this.#seed = seed | 1
    this.key = new Int32Array(words)
    this.#keys = new Int32Array(words * this.#capacity)
    this.#values = new Array<T | undefined>(this.#capacity).fill(undefined)
  }

  get size(): number {
    return this.#size
  }

  /** Value of the flow in `key`. */
  get(): T | undefined {
    return this.#values[this.#slot(this.key, 0)]
  }

  /** Adds or replaces the value of the flow in `key`. */
  set(value: T): void {
    if (4 * (this.#size + 1) > 3 * this.#capacity) this.#resize(2 * this.#capacity)
    const slot = this.#slot(this.key, 0)
    if (this.#values[slot] === undefined) {
      this.#size += 1
      this.#keys.set(this.key, slot * this.#words)
    }
    this.#values[slot] = value
  }

  /** Removes the flow in `key`; returns false if there was none. */
  delete(): boolean {
    let hole = this.#slot(this.key, 0)
    if (this.#values[hole] === undefined) return false
    const mask = this.#capacity - 1
    for (let next = (hole + 1) & mask; this.#values[next] !== undefined; next = (next + 1) & mask) {
      const home = this.#hash(this.#keys, next * this.#words) & mask
      // A value between its home slot and the hole would no longer be found.
      if (((next - home) & mask) < ((next - hole) & mask)) continue
      this.#values[hole] = this.#values[next]
      this.#keys.copyWithin(hole * this.#words, next * this.#words, (next + 1) * this.#words)
      hole = next
    }
    this.#values[hole] = undefined
    this.#size -= 1
    if (this.#capacity > smallestCapacity && 8 * this.#size < this.#capacity) this.#resize(this.#capacity / 2)
    return true
  }

  *values(): IterableIterator<T> {
    for (const value of this.#values) if (value !== undefined) yield value
  }

  #slot(keys: Int32Array, at: number): number {
    const words = this.#words
    const mask = this.#capacity - 1
    let slot = this.#hash(keys, at) & mask
    while (this.#values[slot] !== undefined) {
      const base = slot * words
      let i = 0
      while (i < words && this.#keys[base + i] === keys[at + i]) i += 1
      if (i === words) return slot
      slot = (slot + 1) & mask
    }
    return slot
  }

  #hash(keys: Int32Array, at: number): number {
    let hash = this.#seed
    for (let i = 0; i < this.#words; i += 1) {
      hash = Math.imul(hash ^ keys[at + i]!, 0x9e3779b1)
      hash ^= hash >>> 15
    }
    return hash ^ (hash >>> 13)
  }

  #resize(capacity: number): void {
    const keys = this.#keys
    const values = this.#values
    this.#capacity = capacity
    this.#keys = new Int32Array(this.#words * capacity)
    this.#values = new Array<T | undefined>(capacity).fill(undefined)
    for (let i = 0; i < values.length; i += 1) {
      if (values[i] === undefined) continue
      const slot = this.#slot(keys, i * this.#words)
      this.#keys.set(keys.subarray(i * this.#words, (i + 1) * this.#words), slot * this.#words)
      this.#values[slot] = values[i]
    }
  }
}
