/**
 * Datagrams for guests whose MAC was just asked for: a few of each guest, the newest (RFC 1122 section 2.3.2.2,
 * RFC 4861 section 7.2.2).
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
/** As long as a guest has to answer: three questions, one second each (RFC 4861 section 10). */
const waitMs = 3000

export class ResolutionQueue {
  /** The oldest first. */
  #waiting: Waiting[] = []

  get size(): number {
    return this.#waiting.length
  }

  /** Whom something waits for, each once. */
  neighbours(): Set<Neighbour> {
    return new Set(this.#waiting.map(({ client }) => client.neighbour))
  }

  /** Keeps a copy. Gives how many others had to make room. */
  add(client: UdpClient, bytes: Uint8Array, nowMs: number): number {
    const displaced = this.#displacedBy(client.neighbour)
    if (displaced >= 0) this.#waiting.splice(displaced, 1)
    this.#waiting.push({ client, bytes: new Uint8Array(bytes), untilMs: nowMs + waitMs })
    return displaced >= 0 ? 1 : 0
  }

  /** Gives what waits for this guest, in the order in which it came. */
  release(neighbour: Neighbour, send: (client: UdpClient, bytes: Uint8Array) => void): void {
    if (this.#waiting.length === 0) return
    const released = this.#waiting.filter(({ client }) => client.neighbour === neighbour)
    this.#waiting = this.#waiting.filter(({ client }) => client.neighbour !== neighbour)
    for (const { client, bytes } of released) send(client, bytes)
  }

  /** Returns the number of packets dropped without an answer. */
  expire(nowMs: number): number {
    const before = this.#waiting.length
    if (before > 0) this.#waiting = this.#waiting.filter(({ untilMs }) => untilMs > nowMs)
    return before - this.#waiting.length
  }

  /** Index of the oldest of the same guest, or of all, when there is no room beside it; -1: there is. */
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
