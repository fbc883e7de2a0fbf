/** Who is on the links: IP address → MAC and link, as learned from ARP or NDP and from what they send. */
import type { Link } from '../link/link.ts'

/** One guest address. The object stays the same for as long as anything refers to it. */
export interface Neighbour {
  /** Of IPv4, or the handle of one of IPv6. */
  address: number
  macHigh: number
  macLow: number
  /** Undefined: never seen, or its link is gone. */
  link: Link | undefined
  /** When the links were last asked for it. */
  askedMs: number
}

/** An ordinary /24 has fewer; a guest that makes addresses up must not use up the memory. */
const maxNeighbours = 4096

export class Neighbours {
  readonly #byAddress = new Map<number, Neighbour>()
  readonly #whenFull: 'refuse' | 'forget-oldest'

  /** @param whenFull a guest has few addresses of IPv4, and any number of IPv6. */
  constructor(whenFull: 'refuse' | 'forget-oldest') {
    this.#whenFull = whenFull
  }

  get(address: number): Neighbour | undefined {
    return this.#byAddress.get(address)
  }

  /** Undefined when there are too many already. */
  getOrAdd(address: number): Neighbour | undefined {
    const known = this.#byAddress.get(address)
    if (known !== undefined) return known
    if (this.#byAddress.size >= maxNeighbours) this.#dropUnreachable()
    if (this.#byAddress.size >= maxNeighbours) {
      if (this.#whenFull === 'refuse') return undefined
      this.#byAddress.delete(this.#byAddress.keys().next().value!)
    }
    const neighbour = { address, macHigh: 0, macLow: 0, link: undefined, askedMs: Number.NEGATIVE_INFINITY }
    this.#byAddress.set(address, neighbour)
    return neighbour
  }

  /** Where an address is from now on. Undefined when there are too many already. */
  learn(address: number, macHigh: number, macLow: number, link: Link): Neighbour | undefined {
    const neighbour = this.getOrAdd(address)
    if (neighbour === undefined) return undefined
    neighbour.macHigh = macHigh
    neighbour.macLow = macLow
    neighbour.link = link
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
