/**
 * Pending dials, oldest first: those to destinations that answered lately, and the others, less likely to be
 * answered. Each table has a bound; beyond it a new dial evicts the oldest. A guest that still wants an evicted one
 * repeats its SYN. The bound per destination keeps a dead one from evicting the dials to others, and a flood over
 * ever new destinations evicts its own kind while that has more than a quarter of the table.
 */
import type { TcpConnection } from './connection.ts'
import type { RecentDestinations } from './recent-destinations.ts'

export class Dials {
  readonly #recent: RecentDestinations
  readonly #toAnswering = new Set<TcpConnection>()
  readonly #toOthers = new Set<TcpConnection>()
  /** How many there are to each address: a flood over many is not to make a table for each. */
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

  /** The one that has to make room for another to that address, if any has. */
  inTheWay(address: number, most: { inAll: number; perAddress: number }): TcpConnection | undefined {
    if ((this.#perAddress.get(address) ?? 0) >= most.perAddress) {
      const isToIt = (c: TcpConnection) => c.address === address
      // Most are, so that the first is near.
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
