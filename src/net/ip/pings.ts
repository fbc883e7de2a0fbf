/**
 * Pings from guests to external hosts. The host's socket has one identifier, so each ping gets a unique sequence
 * number, and its reply gets the guest's identifier and number again.
 */
import type { Neighbour } from '../core/neighbours.ts'

export interface Ping {
  neighbour: Neighbour
  /** The guest's identifier and sequence number. */
  rest: number
  destination: number
  /** IP header and the first 8 bytes after it, for errors. */
  quoted: Uint8Array
  sentMs: number
}

/** A guest that floods loses its oldest pings. */
const maxPings = 4096
/** Longer than ping programs wait. */
const lifetimeMs = 30_000

export class Pings {
  /** Keyed by the sequence number on the host, oldest first. */
  readonly #waiting = new Map<number, Ping>()
  #next = 0

  get size(): number {
    return this.#waiting.size
  }

  /** When the newest ping was sent, or -Infinity. */
  newestMs: number = Number.NEGATIVE_INFINITY

  /** Returns the sequence number to use on the host. */
  add(ping: Ping): number {
    this.expire(ping.sentMs)
    if (this.#waiting.size >= maxPings) this.#waiting.delete(this.#waiting.keys().next().value!)
    // There are fewer pings than numbers, so the loop ends.
    while (this.#waiting.has(this.#next)) this.#next = (this.#next + 1) & 0xffff
    const sequence = this.#next
    this.#next = (sequence + 1) & 0xffff
    this.#waiting.set(sequence, ping)
    this.newestMs = ping.sentMs
    return sequence
  }

  /** Removes and returns the ping with this sequence number. */
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
