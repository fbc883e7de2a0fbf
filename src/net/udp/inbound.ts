/**
 * UDP from the host to a guest's port: each client of a mapped port gets its own gateway port, so that the
 * guest's replies can be attributed.
 */
import type { Neighbour } from '../core/neighbours.ts'
import { FlowTable } from '../storage/flow-table.ts'
import { IdleList, type Idling } from './idle-list.ts'

/** Receives the guest's reply. */
export type AnswerClient = (bytes: Uint8Array, start: number, end: number) => void

export class UdpClient implements Idling {
  readonly neighbour: Neighbour
  readonly guestPort: number
  readonly gatewayPort: number
  readonly answer: AnswerClient
  /** Called when the client is removed from the table. */
  readonly onGone: () => void
  isOpen = true
  lastUsedMs = 0
  readonly idleMs = 180_000
  newer: Idling | undefined = undefined
  older: Idling | undefined = undefined

  constructor(
    to: { neighbour: Neighbour; port: number },
    gatewayPort: number,
    answer: AnswerClient,
    onGone: () => void,
  ) {
    this.neighbour = to.neighbour
    this.guestPort = to.port
    this.gatewayPort = gatewayPort
    this.answer = answer
    this.onGone = onGone
  }
}

const firstPort = 32_768
const lastPort = 60_999
const maxClients = 8192

export interface UdpClientCounters {
  opened: number
  /** Least recently used clients removed because the table was full. */
  evicted: number
  expired: number
}

export class UdpInbound {
  readonly counters: UdpClientCounters = { opened: 0, evicted: 0, expired: 0 }
  readonly #table: FlowTable<UdpClient>
  readonly #order = new IdleList<UdpClient>()
  #nextPort: number

  constructor(seed: number) {
    this.#table = new FlowTable(3, seed)
    this.#nextPort = firstPort + ((seed >>> 0) % (lastPort - firstPort))
  }

  clients(): IterableIterator<UdpClient> {
    return this.#table.values()
  }

  get size(): number {
    return this.#table.size
  }

  open(
    neighbour: Neighbour,
    port: number,
    handlers: { answer: AnswerClient; onGone: () => void },
    nowMs: number,
  ): UdpClient {
    if (this.#table.size >= maxClients) {
      this.counters.evicted += 1
      this.close(this.#order.oldest!)
    }
    this.counters.opened += 1
    do {
      this.#nextPort = this.#nextPort >= lastPort ? firstPort : this.#nextPort + 1
      this.#setKey(neighbour.address, port, this.#nextPort)
    } while (this.#table.get() !== undefined)
    const client = new UdpClient({ neighbour, port }, this.#nextPort, handlers.answer, handlers.onGone)
    this.#table.set(client)
    this.#order.add(client, nowMs)
    return client
  }

  /** The client that a guest's datagram to the gateway replies to. */
  find(guestAddress: number, guestPort: number, gatewayPort: number): UdpClient | undefined {
    this.#setKey(guestAddress, guestPort, gatewayPort)
    return this.#table.get()
  }

  use(client: UdpClient, nowMs: number): void {
    if (client.isOpen) this.#order.use(client, nowMs)
  }

  close(client: UdpClient): void {
    if (!client.isOpen) return
    client.isOpen = false
    this.#order.remove(client)
    this.#setKey(client.neighbour.address, client.guestPort, client.gatewayPort)
    this.#table.delete()
    client.onGone()
  }

  expire(nowMs: number): void {
    this.#order.expire(nowMs, (client) => {
      this.counters.expired += 1
      this.close(client)
    })
  }

  #setKey(address: number, port: number, gatewayPort: number): void {
    this.#table.key[0] = address
    this.#table.key[1] = port
    this.#table.key[2] = gatewayPort
  }
}
