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
  /** The largest IPv6 packet that passes every hop behind it, as routers there reported. */
  pathMtu: number
  /** The guest that routes to it; its MAC and link are the same. Undefined: it is on the link itself. */
  via: Neighbour | undefined
  /** Those that it routes to. */
  behind: Map<number, Neighbour> | undefined
}

export function newNeighbour(
  address: number,
  link: Link | undefined,
  macHigh: number,
  macLow: number,
): Neighbour {
  const askedMs = Number.NEGATIVE_INFINITY
  return {
    address,
    macHigh,
    macLow,
    link,
    askedMs,
    pathMtu: widestPath,
    via: undefined,
    behind: undefined,
  }
}

/** Whether both are reached by the same card: one may be a router for the other. */
export function isSameStation(a: Neighbour, b: Neighbour): boolean {
  return a.link !== undefined && a.link === b.link && a.macLow === b.macLow && a.macHigh === b.macHigh
}

/** Whether another link has the address: it keeps it until it is gone, so that nobody takes over its connections. */
export function isHeldBy({ link }: Neighbour, asking: Link): boolean {
  return link !== undefined && link !== asking
}

/** What an unsuspected path carries: as much as the link. */
export const widestPath = 0xffff

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
    const neighbour = newNeighbour(address, undefined, 0, 0)
    this.#byAddress.set(address, neighbour)
    return neighbour
  }

  /** One that is not on the link: it is wherever `via` is, now and later. Undefined when there are too many already. */
  routed(address: number, via: Neighbour): Neighbour | undefined {
    const neighbour = this.getOrAdd(address)
    if (neighbour === undefined || neighbour.via === via) return neighbour
    neighbour.via = via
    via.behind ??= new Map()
    via.behind.set(address, neighbour)
    moveTo(neighbour, via)
    return neighbour
  }

  /** Where an address is from now on. Undefined when there are too many already. */
  learn(address: number, macHigh: number, macLow: number, link: Link): Neighbour | undefined {
    const neighbour = this.getOrAdd(address)
    if (neighbour === undefined) return undefined
    neighbour.macHigh = macHigh
    neighbour.macLow = macLow
    neighbour.link = link
    if (neighbour.behind !== undefined)
      for (const routed of neighbour.behind.values()) moveTo(routed, neighbour)
    return neighbour
  }

  /** Addresses stay known while a link is away, so that its flows continue when it comes back. */
  linkGone(link: Link): void {
    for (const neighbour of this.#byAddress.values()) if (neighbour.link === link) neighbour.link = undefined
  }

  values(): IterableIterator<Neighbour> {
    return this.#byAddress.values()
  }

  #dropUnreachable(): void {
    for (const { address, link, via } of this.#byAddress.values()) {
      if (link !== undefined) continue
      this.#byAddress.delete(address)
      via?.behind?.delete(address)
    }
  }
}

function moveTo(neighbour: Neighbour, { macHigh, macLow, link }: Neighbour): void {
  neighbour.macHigh = macHigh
  neighbour.macLow = macLow
  neighbour.link = link
}
