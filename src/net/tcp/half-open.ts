/**
 * Half-open connections: requested by a guest, accepted by the host, not acknowledged by the guest. A SYN flood (RFC
 * 4987) of one guest would hold a descriptor of the host for each until its SYN-ACK has been repeated long enough. A
 * healthy guest opens thousands at once, and acknowledges each within milliseconds: time distinguishes the two.
 * Beyond its share a link keeps none whose SYN-ACK was repeated without an answer; beyond the bound of all links the
 * oldest of the link with the most is evicted.
 */
import type { Link } from '../link/link.ts'
import type { TcpConnection } from './connection.ts'

/** Of SYN-ACKs that are answered by nobody. */
const timeoutsBeyondShare = 2

export interface HalfOpenBounds {
  inAll: number
  perLink: number
}

export class HalfOpen {
  readonly #most: HalfOpenBounds
  /** Oldest first. */
  readonly #links = new Map<Link | undefined, Set<TcpConnection>>()
  #size = 0

  constructor(most: HalfOpenBounds) {
    this.#most = most
  }

  /** @returns the one that has to go. */
  add(c: TcpConnection): TcpConnection | undefined {
    const { link } = c.neighbour
    const waiting = this.#links.get(link)
    if (waiting === undefined) this.#links.set(link, new Set([c]))
    else waiting.add(c)
    this.#size += 1
    if (this.#size <= this.#most.inAll) return undefined
    const [oldest] = this.#largest()
    return oldest
  }

  delete(c: TcpConnection): void {
    const { link } = c.neighbour
    if (this.#deleteFrom(link, c)) return
    // Its link has changed or gone since.
    for (const at of this.#links.keys()) if (this.#deleteFrom(at, c)) return
  }

  /** Whether it is given up although its SYN-ACK could be repeated. */
  isBeyondShare(c: TcpConnection): boolean {
    if (c.retries < timeoutsBeyondShare) return false
    const waiting = this.#links.get(c.neighbour.link)
    return waiting !== undefined && waiting.size > this.#most.perLink && waiting.has(c)
  }

  #deleteFrom(link: Link | undefined, c: TcpConnection): boolean {
    const waiting = this.#links.get(link)
    if (waiting?.delete(c) !== true) return false
    this.#size -= 1
    if (waiting.size === 0) this.#links.delete(link)
    return true
  }

  #largest(): ReadonlySet<TcpConnection> {
    let largest: ReadonlySet<TcpConnection> = new Set()
    for (const waiting of this.#links.values()) if (waiting.size > largest.size) largest = waiting
    return largest
  }
}
