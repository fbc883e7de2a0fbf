/**
 * Dials under way, oldest first: those to destinations that answered lately, and the others, the likelier to be ones
 * that nobody answers. Each table has a bound; what is beyond it takes the place of the oldest. A guest that still
 * wants it repeats its SYN. The bound per destination keeps a dead one from pushing out the dials to others, and a flood
 * over ever new ones pushes out its own kind as long as that has more than a quarter of the table.
 */
import type { Answering } from './answering.ts'
import type { TcpConnection } from './connection.ts'

export class Dials {
  readonly #answering: Answering
  readonly #toAnswering = new Set<TcpConnection>()
  readonly #toOthers = new Set<TcpConnection>()
  readonly #byAddress = new Map<number, Set<TcpConnection>>()

  constructor(answering: Answering) {
    this.#answering = answering
  }

  get size(): number {
    return this.#toAnswering.size + this.#toOthers.size
  }

  add(c: TcpConnection): void {
    if (this.#answering.has(c.address)) this.#toAnswering.add(c)
    else this.#toOthers.add(c)
    const others = this.#byAddress.get(c.address)
    if (others === undefined) this.#byAddress.set(c.address, new Set([c]))
    else others.add(c)
  }

  delete(c: TcpConnection): void {
    if (!this.#toOthers.delete(c) && !this.#toAnswering.delete(c)) return
    const others = this.#byAddress.get(c.address)
    others?.delete(c)
    if (others?.size === 0) this.#byAddress.delete(c.address)
  }

  /** The one that has to make room for another to that address, if any has. */
  inTheWay(address: number, most: { inAll: number; perAddress: number }): TcpConnection | undefined {
    const others = this.#byAddress.get(address)
    if (others !== undefined && others.size >= most.perAddress) return first(others)
    if (this.size < most.inAll) return undefined
    return first(4 * this.#toOthers.size >= most.inAll ? this.#toOthers : this.#toAnswering)
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  for (const one of set) return one
  return undefined
}
