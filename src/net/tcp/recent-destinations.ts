/** LRU of destinations that recently accepted or refused a connection. */
const mostAddresses = 4096

export class RecentDestinations {
  /** In order of the last answer. */
  readonly #addresses = new Set<number>()

  has(address: number): boolean {
    return this.#addresses.has(address)
  }

  answered(address: number): void {
    this.#addresses.delete(address)
    this.#addresses.add(address)
    if (this.#addresses.size <= mostAddresses) return
    for (const oldest of this.#addresses) {
      this.#addresses.delete(oldest)
      return
    }
  }

  /** A dial to it ended without an answer, so remove it. */
  wasSilent(address: number): void {
    this.#addresses.delete(address)
  }
}
