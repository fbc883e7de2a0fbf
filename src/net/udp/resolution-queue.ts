/**
 * Datagrams for guests whose MAC is being resolved: the newest few of each guest (RFC 1122 section 2.3.2.2, RFC
 * 4861 section 7.2.2).
 */
import type { Neighbour } from '../core/neighbours.ts'
import type { UdpClient } from './inbound.ts'

interface Waiting {
  client: UdpClient
  bytes: Uint8Array
  untilMs: number
}

const maxPerNeighbour = 3
const maxInAll = 64
/** Time that a guest has to answer: three requests, one second each (RFC 4861 section 10). */
const waitMs = 3000

export class ResolutionQueue {
  /** Oldest first. */
  #waiting: Waiting[] = []

  get size(): number {
    return this.#waiting.length
  }

  /** Guests with queued datagrams, each once. */
  neighbours(): Set<Neighbour> {
    return new Set(this.#waiting.map(({ client }) => client.neighbour))
  }

  /** Queues a copy. Returns the number of evicted datagrams. */
  add(client: UdpClient, bytes: Uint8Array, nowMs: number): number {
    const displaced = this.#displacedBy(client.neighbour)
    if (displaced >= 0) this.#waiting.splice(displaced, 1)
    this.#waiting.push({ client, bytes: new Uint8Array(bytes), untilMs: nowMs + waitMs })
    return displaced >= 0 ? 1 : 0
  }

  /** Passes the guest's queued datagrams to `send`, in order. */
  release(neighbour: Neighbour, send: (client: UdpClient, bytes: Uint8Array) => void): void {
    if (this.#waiting.length === 0) return
    const released = this.#waiting.filter(({ client }) => client.neighbour === neighbour)
    this.#waiting = this.#waiting.filter(({ client }) => client.neighbour !== neighbour)
    for (const { client, bytes } of released) send(client, bytes)
  }

  /** Returns the number of datagrams dropped without an answer. */
  expire(nowMs: number): number {
    const before = this.#waiting.length
    if (before > 0) this.#waiting = this.#waiting.filter(({ untilMs }) => untilMs > nowMs)
    return before - this.#waiting.length
  }

  /** Index of the datagram to evict: the guest's oldest, or the oldest of all; -1: there is room. */
  #displacedBy(neighbour: Neighbour): number {
    let count = 0
    let oldest = -1
    for (const [i, { client }] of this.#waiting.entries()) {
      if (client.neighbour !== neighbour) continue
      if (oldest < 0) oldest = i
      count += 1
    }
    if (count >= maxPerNeighbour) return oldest
    return this.#waiting.length >= maxInAll ? 0 : -1
  }
}
