/** Who is on the links: IPv4 address → MAC and link, as learned from ARP and from what they send. */
import type { Link } from '../link/link.ts'

/** One guest address. The object stays the same for as long as anything refers to it. */
export interface Neighbour {
  address: number
  macHigh: number
  macLow: number
  /** Undefined: never seen, or its link is gone. */
  link: Link | undefined
  /** When ARP was last asked for it. */
  askedMs: number
}

/** An ordinary /24 has fewer; a guest that makes addresses up must not use up the memory. */
const maxNeighbours = 4096

export class Neighbours {
  readonly #byAddress = new Map<number, Neighbour>()

  get(address: number): Neighbour | undefined {
    return this.#byAddress.get(address)
  }

  /** Undefined when there are too many already. */
  getOrAdd(address: number): Neighbour | undefined {
    const known = this.#byAddress.get(address)
    if (known !== undefined) return known
    if (this.#byAddress.size >= maxNeighbours) this.#dropUnreachable()
    if (this.#byAddress.size >= maxNeighbours) return undefined
    const neighbour = { address, macHigh: 0, macLow: 0, link: undefined, askedMs: Number.NEGATIVE_INFINITY }
    this.#byAddress.set(address, neighbour)
    return neighbour
  }

  /** Addresses stay known while a link is away, so that its flows go on when it comes back. */
  linkGone(link: Link): void {
    for (const neighbour of this.#byAddress.values()) if (neighbour.link === link) neighbour.link = undefined
  }

  values(): IterableIterator<Neighbour> {
    return this.#byAddress.values()
  }

  #dropUnreachable(): void {
    for (const { address, link } of this.#byAddress.values()) {
      if (link === undefined) this.#byAddress.delete(address)
    }
  }
}
