/**
 * Pending dials, oldest first, in two tables: destinations that answered recently, and others, which are less
 * likely to answer. Beyond the total limit a new dial evicts the oldest of the others, or, if these fill less than a
 * quarter of it, the oldest to a destination that answered. The guest of an evicted dial retransmits its SYN. The
 * limit per destination prevents a dead destination from evicting dials to others.
 */
import type { TcpConnection } from './connection.ts'
import type { RecentDestinations } from './recent-destinations.ts'

export class Dials {
  readonly #recent: RecentDestinations
  readonly #toAnswering = new Set<TcpConnection>()
  readonly #toOthers = new Set<TcpConnection>()
  /** Dials per address. Counts only: a flood over many addresses must not allocate a table for each. */
  readonly #perAddress = new Map<number, number>()

  constructor(recent: RecentDestinations) {
    this.#recent = recent
  }

  get size(): number {
    return this.#toAnswering.size + this.#toOthers.size
  }

  add(c: TcpConnection): void {
    if (this.#recent.has(c.address)) this.#toAnswering.add(c)
    else this.#toOthers.add(c)
    this.#perAddress.set(c.address, (this.#perAddress.get(c.address) ?? 0) + 1)
  }

  delete(c: TcpConnection): void {
    if (!this.#toOthers.delete(c) && !this.#toAnswering.delete(c)) return
    const left = this.#perAddress.get(c.address)! - 1
    if (left === 0) this.#perAddress.delete(c.address)
    else this.#perAddress.set(c.address, left)
  }

  /** The dial to evict before another one to that address, if any. */
  inTheWay(address: number, most: { inAll: number; perAddress: number }): TcpConnection | undefined {
    if ((this.#perAddress.get(address) ?? 0) >= most.perAddress) {
      const isToIt = (c: TcpConnection) => c.address === address
      // Most dials are to it, so the first match is near.
      return first(this.#toOthers, isToIt) ?? first(this.#toAnswering, isToIt)
    }
    if (this.size < most.inAll) return undefined
    return first(4 * this.#toOthers.size >= most.inAll ? this.#toOthers : this.#toAnswering)
  }
}

function first<T>(set: ReadonlySet<T>, isWanted: (one: T) => boolean = () => true): T | undefined {
  for (const one of set) if (isWanted(one)) return one
  return undefined
}
