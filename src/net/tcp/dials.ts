/**
 * Dials under way, oldest first, in all and per destination. Each table has a bound; what is beyond it takes the place
 * of the oldest, the likeliest to be one that nobody answers. A guest that still wants it repeats its SYN. The bound
 * per destination keeps a dead one from pushing out the dials to others.
 */
import type { TcpConnection } from './connection.ts'

export class Dials {
  readonly #all = new Set<TcpConnection>()
  readonly #byAddress = new Map<number, Set<TcpConnection>>()

  get size(): number {
    return this.#all.size
  }

  add(c: TcpConnection): void {
    this.#all.add(c)
    const others = this.#byAddress.get(c.address)
    if (others === undefined) this.#byAddress.set(c.address, new Set([c]))
    else others.add(c)
  }

  delete(c: TcpConnection): void {
    if (!this.#all.delete(c)) return
    const others = this.#byAddress.get(c.address)
    others?.delete(c)
    if (others?.size === 0) this.#byAddress.delete(c.address)
  }

  /** The one that has to make room for another to that address, if any has. */
  inTheWay(address: number, most: { inAll: number; perAddress: number }): TcpConnection | undefined {
    const others = this.#byAddress.get(address)
    if (others !== undefined && others.size >= most.perAddress) return first(others)
    return this.#all.size >= most.inAll ? first(this.#all) : undefined
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  for (const one of set) return one
  return undefined
}
