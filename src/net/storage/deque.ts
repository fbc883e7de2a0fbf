/** Double-ended queue. */
export class Deque<T> {
  #items: (T | undefined)[] = []
  #first = 0

  get size(): number {
    return this.#items.length - this.#first
  }

  push(item: T): void {
    this.#items.push(item)
  }

  takeFirst(): T | undefined {
    const item = this.#items[this.#first]
    if (this.size === 0) return undefined
    this.#items[this.#first] = undefined
    this.#first += 1
    // Amortized: each item is moved at most once on average.
    if (2 * this.#first >= this.#items.length) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
    return item
  }

  takeLast(): T | undefined {
    return this.size === 0 ? undefined : this.#items.pop()
  }
}
