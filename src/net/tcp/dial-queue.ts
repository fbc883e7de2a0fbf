/**
 * Queued dials. Each dial costs the host several system calls, so thousands at once would delay everything else.
 * Dials are ordered by destination: every second turn goes to destinations that answered recently. The other
 * turns are shared by network, so a scan of many dead addresses counts as a few. These turns rotate between the
 * newest network, so that a dial need not wait for an earlier flood; the oldest network, so that none starves;
 * and networks that already had a turn. Within a network, addresses take turns.
 */
import { Deque } from '../storage/deque.ts'
import type { TcpConnection } from './connection.ts'
import type { RecentDestinations } from './recent-destinations.ts'

const turns = ['newest', 'oldest', 'again'] as const
type Turn = (typeof turns)[number]

/** An address and its dials, in order. */
interface Destination {
  first: TcpConnection
  /** Allocated for the second dial only: a flood over many addresses must not allocate a deque for each. */
  more: Deque<TcpConnection> | undefined
}

/** An IPv4 /24, or IPv6 addresses with consecutive handles. */
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
    /** Networks before and after their first turn. */
    fresh: new Deque<Network>(),
    again: new Deque<Network>(),
  }
  #isAnsweringNext = true
  /** Index into `turns`. */
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

  /** The next dial, if any. */
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

  /** Removes the destination's first dial; returns whether it has another, which becomes the first. */
  #hasMore(destination: Destination): boolean {
    this.size -= 1
    const next = destination.more?.takeFirst()
    if (next === undefined) this.#destinations.delete(destination.first.address)
    else destination.first = next
    return next !== undefined
  }
}
