/**
 * Dials that have not begun. Each costs the host some system calls, so that thousands at once keep everyone else
 * waiting. Who goes first is a matter of the destination: one that answered lately has every second turn. The others
 * share theirs by network, so that a scan of many dead addresses is no more than a few: by turns the network asked for
 * last, so that a dial need not wait for a flood that began before it; the one that waits longest, so that none waits
 * forever; and those that had a turn already and have more. Within a network each address has its turn.
 */
import { Deque } from '../storage/deque.ts'
import type { TcpConnection } from './connection.ts'
import type { RecentDestinations } from './recent-destinations.ts'

const turns = ['newest', 'oldest', 'again'] as const
type Turn = (typeof turns)[number]

/** An address, with its dials in order. */
interface Destination {
  first: TcpConnection
  /** Made for the second one: a flood over many addresses is not to make one for each. */
  more: Deque<TcpConnection> | undefined
}

/** A /24 of IPv4, or addresses of IPv6 that were first seen one after another. */
interface Network {
  key: number
  destinations: Deque<Destination>
}

export class DialQueue {
  readonly #recent: RecentDestinations
  readonly #destinations = new Map<number, Destination>()
  readonly #networks = new Map<number, Network>()
  readonly #lines = {
    recent: new Deque<Destination>(),
    /** Those that had no turn yet, and those that had. */
    fresh: new Deque<Network>(),
    again: new Deque<Network>(),
  }
  #isAnsweringNext = true
  /** Of the others. */
  #turn = 0
  size = 0

  constructor(recent: RecentDestinations) {
    this.#recent = recent
  }

  add(c: TcpConnection): void {
    this.size += 1
    const { address } = c
    const known = this.#destinations.get(address)
    if (known !== undefined) {
      known.more ??= new Deque()
      known.more.push(c)
      return
    }
    const destination: Destination = { first: c, more: undefined }
    this.#destinations.set(address, destination)
    if (this.#recent.has(address)) this.#lines.recent.push(destination)
    else this.#join(destination)
  }

  /** The next in turn, if any. */
  take(): TcpConnection | undefined {
    const isAnsweringNext = this.#isAnsweringNext
    this.#isAnsweringNext = !isAnsweringNext
    return isAnsweringNext
      ? (this.#ofAnswering() ?? this.#ofOthers())
      : (this.#ofOthers() ?? this.#ofAnswering())
  }

  #join(destination: Destination): void {
    const key = destination.first.address >> 8
    let network = this.#networks.get(key)
    if (network === undefined) {
      network = { key, destinations: new Deque() }
      this.#networks.set(key, network)
      this.#lines.fresh.push(network)
    }
    network.destinations.push(destination)
  }

  #ofAnswering(): TcpConnection | undefined {
    const { recent } = this.#lines
    const destination = recent.takeFirst()
    if (destination === undefined) return undefined
    const c = destination.first
    if (this.#hasMore(destination)) recent.push(destination)
    return c
  }

  #ofOthers(): TcpConnection | undefined {
    for (let tried = 0; tried < turns.length; tried += 1) {
      const c = this.#ofNetwork(turns[this.#turn]!)
      this.#turn = (this.#turn + 1) % turns.length
      if (c !== undefined) return c
    }
    return undefined
  }

  #ofNetwork(turn: Turn): TcpConnection | undefined {
    const { recent, fresh, again } = this.#lines
    const network =
      turn === 'newest' ? fresh.takeLast() : turn === 'oldest' ? fresh.takeFirst() : again.takeFirst()
    const destination = network?.destinations.takeFirst()
    if (network === undefined || destination === undefined) return undefined
    const c = destination.first
    if (this.#hasMore(destination)) {
      const line = this.#recent.has(c.address) ? recent : network.destinations
      line.push(destination)
    }
    if (network.destinations.size > 0) again.push(network)
    else this.#networks.delete(network.key)
    return c
  }

  /** Its first dial is begun; whether there is another, which is the first then. */
  #hasMore(destination: Destination): boolean {
    this.size -= 1
    const next = destination.more?.takeFirst()
    if (next === undefined) this.#destinations.delete(destination.first.address)
    else destination.first = next
    return next !== undefined
  }
}
