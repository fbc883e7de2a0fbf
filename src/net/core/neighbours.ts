/** Neighbour table: IP address → MAC and link, learned from ARP, NDP and received packets. */
import type { Link } from '../link/link.ts'

/** A guest address. The object is unique while anything refers to it. */
export interface Neighbour {
  /** IPv4 address, or handle of an IPv6 address. */
  address: number
  macHigh: number
  macLow: number
  /** Undefined: never seen, or its link is disconnected. */
  link: Link | undefined
  /** When the last ARP or NDP request for it was sent. */
  askedMs: number
  /** Path MTU for IPv6, as reported by routers behind it. */
  pathMtu: number
  /** The guest that routes to it, with the same MAC and link. Undefined: it is on the link. */
  via: Neighbour | undefined
  /** Neighbours that it routes to. */
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

/** Whether both have the same MAC and link: one may be a router for the other. */
export function isSameStation(a: Neighbour, b: Neighbour): boolean {
  return a.link !== undefined && a.link === b.link && a.macLow === b.macLow && a.macHigh === b.macHigh
}

/**
 * Whether another link has the address: it keeps it until it disconnects, so that its connections cannot be taken
 * over.
 */
export function isHeldBy({ link }: Neighbour, asking: Link): boolean {
  return link !== undefined && link !== asking
}

/** Path MTU without reports: that of the link. */
export const widestPath = 0xffff

/** More than in an ordinary /24; a guest with forged addresses must not exhaust memory. */
const maxNeighbours = 4096
/** Of one link, so that one guest cannot occupy the table or push others out of it. */
export const maxPerLink: number = maxNeighbours / 2

export class Neighbours {
  readonly #byAddress = new Map<number, Neighbour>()
  readonly #whenFull: 'refuse' | 'forget-oldest'
  readonly #perLink: number
  /** Learned addresses of each link. */
  readonly #counts = new Map<Link, number>()

  /**
   * @param whenFull IPv4 guests have few addresses, IPv6 guests any number
   * @param perLink addresses that one link may have
   */
  constructor(whenFull: 'refuse' | 'forget-oldest', perLink: number = maxPerLink) {
    this.#whenFull = whenFull
    this.#perLink = Math.min(perLink, maxPerLink)
  }

  get(address: number): Neighbour | undefined {
    return this.#byAddress.get(address)
  }

  /** Undefined if the table is full. */
  getOrAdd(address: number): Neighbour | undefined {
    const known = this.#byAddress.get(address)
    if (known !== undefined) return known
    if (this.#byAddress.size >= maxNeighbours) this.#dropUnreachable()
    if (this.#byAddress.size >= maxNeighbours) {
      if (this.#whenFull === 'refuse') return undefined
      const [oldest] = this.#byAddress.values()
      this.#byAddress.delete(oldest!.address)
      this.#count(oldest!.link, -1)
    }
    const neighbour = newNeighbour(address, undefined, 0, 0)
    this.#byAddress.set(address, neighbour)
    return neighbour
  }

  /** An address behind `via`, which it follows when `via` moves. Undefined if the table is full. */
  routed(address: number, via: Neighbour): Neighbour | undefined {
    const neighbour = this.getOrAdd(address)
    if (neighbour === undefined || neighbour.via === via) return neighbour
    neighbour.via = via
    via.behind ??= new Map()
    via.behind.set(address, neighbour)
    moveTo(neighbour, via)
    return neighbour
  }

  /** Updates the location of an address. Undefined if the table is full, or the link has its share. */
  learn(address: number, macHigh: number, macLow: number, link: Link): Neighbour | undefined {
    const isMoving = this.#byAddress.get(address)?.link !== link
    if (isMoving && !this.#hasRoomFor(link)) return undefined
    const neighbour = this.getOrAdd(address)
    if (neighbour === undefined) return undefined
    if (isMoving) {
      this.#count(neighbour.link, -1)
      this.#count(link, 1)
    }
    neighbour.macHigh = macHigh
    neighbour.macLow = macLow
    neighbour.link = link
    if (neighbour.behind !== undefined)
      for (const routed of neighbour.behind.values()) moveTo(routed, neighbour)
    return neighbour
  }

  /** Keeps the addresses of a disconnected link, so that its flows continue when it reconnects. */
  linkGone(link: Link): void {
    this.#counts.delete(link)
    for (const neighbour of this.#byAddress.values()) if (neighbour.link === link) neighbour.link = undefined
  }

  values(): IterableIterator<Neighbour> {
    return this.#byAddress.values()
  }

  /** Beyond its share, a link gets no further address, or loses its oldest. */
  #hasRoomFor(link: Link): boolean {
    if ((this.#counts.get(link) ?? 0) < this.#perLink) return true
    if (this.#whenFull === 'refuse') return false
    const oldest = this.#byAddress.values().find((neighbour) => neighbour.link === link)
    if (oldest === undefined) return false
    this.#byAddress.delete(oldest.address)
    this.#count(link, -1)
    return true
  }

  #count(link: Link | undefined, change: 1 | -1): void {
    const count = link === undefined ? undefined : this.#counts.get(link)
    if (link !== undefined && (count !== undefined || change > 0))
      this.#counts.set(link, (count ?? 0) + change)
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
