/**
 * Half-open connections: requested by a guest, accepted by the host, not acknowledged by the guest. In a SYN
 * flood (RFC 4987) by a guest, each would hold a file descriptor of the host until the SYN-ACK retransmissions
 * end. A healthy guest may open thousands at once, but acknowledges each within milliseconds. Beyond its share, a
 * link therefore loses those whose SYN-ACK was retransmitted without an answer. Beyond the total limit, the
 * oldest of the link with the most is evicted.
 */
import type { Link } from '../link/link.ts'
import type { TcpConnection } from './connection.ts'

/** SYN-ACK timeouts. */
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

  /** @returns the connection to evict, if any */
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
    // The neighbour's link has changed or was removed.
    for (const at of this.#links.keys()) if (this.#deleteFrom(at, c)) return
  }

  /** Whether to drop the connection although SYN-ACK retransmissions remain. */
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
