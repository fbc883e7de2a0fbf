/**
 * Pings of guests to the outside. The host's socket has one identifier for all, so that each is sent with a unique
 * sequence number, and its reply gets the guest's back.
 */
import type { Neighbour } from '../core/neighbours.ts'

export interface Ping {
  neighbour: Neighbour
  /** Identifier and sequence number as the guest wrote them. */
  rest: number
  destination: number
  /** Its IP header and the first 8 bytes behind it, for an error. */
  quoted: Uint8Array
  sentMs: number
}

/** A guest that floods loses its oldest ones. */
const maxPings = 4096
/** Later than ping programs wait. */
const lifetimeMs = 30_000

export class Pings {
  /** By the sequence number on the host, oldest first. */
  readonly #waiting = new Map<number, Ping>()
  #next = 0

  get size(): number {
    return this.#waiting.size
  }

  /** When the newest was sent, or -Infinity. */
  newestMs: number = Number.NEGATIVE_INFINITY

  /** Gives the sequence number to use on the host. */
  add(ping: Ping): number {
    this.expire(ping.sentMs)
    if (this.#waiting.size >= maxPings) this.#waiting.delete(this.#waiting.keys().next().value!)
    // There are far fewer than numbers.
    while (this.#waiting.has(this.#next)) this.#next = (this.#next + 1) & 0xffff
    const sequence = this.#next
    this.#next = (sequence + 1) & 0xffff
    this.#waiting.set(sequence, ping)
    this.newestMs = ping.sentMs
    return sequence
  }

  /** The ping that was sent with this number; it is answered now and waits no more. */
  take(sequence: number): Ping | undefined {
    const ping = this.#waiting.get(sequence)
    this.#waiting.delete(sequence)
    return ping
  }

  values(): IterableIterator<Ping> {
    return this.#waiting.values()
  }

  expire(nowMs: number): void {
    for (const [sequence, { sentMs }] of this.#waiting) {
      if (nowMs - sentMs < lifetimeMs) return
      this.#waiting.delete(sequence)
    }
  }
}
