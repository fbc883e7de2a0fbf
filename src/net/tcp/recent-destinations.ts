/** Destinations that answered a dial lately, with yes or no; the one that has not for longest is forgotten first. */
const mostAddresses = 4096

export class RecentDestinations {
  /** In the order of their last answer. */
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

  /** A dial to it ended without an answer. */
  wasSilent(address: number): void {
    this.#addresses.delete(address)
  }
}
