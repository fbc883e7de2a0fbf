/**
 * UDP from guests (RFC 4787): one host socket per guest address and port, for all destinations. All datagrams to
 * that socket go to the guest (endpoint-independent mapping and filtering, "full cone").
 */
import type { HostDatagram } from '../core/host-datagram.ts'
import type { Neighbour } from '../core/neighbours.ts'
import { FlowTable } from '../storage/flow-table.ts'
import { IdleList, type Idling } from './idle-list.ts'
import { Remotes } from './remotes.ts'

export class UdpFlow implements Idling {
  readonly neighbour: Neighbour
  readonly guestPort: number
  socket: HostDatagram | undefined
  readonly remotes: Remotes = new Remotes()
  bytesFromGuest = 0
  bytesToGuest = 0
  /** Datagrams received for the guest. */
  received = 0
  lastUsedMs = 0
  idleMs: number
  newer: Idling | undefined = undefined
  older: Idling | undefined = undefined

  constructor(neighbour: Neighbour, guestPort: number, idleMs: number) {
    this.neighbour = neighbour
    this.guestPort = guestPort
    this.idleMs = idleMs
  }
}

const dnsPort = 53
/** RFC 4787 REQ-5 requires at least two minutes; a flow with only DNS queries needs less. */
const dnsIdleMs = 10_000
const idleMs = 120_000
const maxFlows = 8192

export interface UdpCounters {
  opened: number
  /** Least recently used flows removed because the table was full. */
  evicted: number
  expired: number
  failed: number
}

export class UdpNat {
  readonly counters: UdpCounters = { opened: 0, evicted: 0, expired: 0, failed: 0 }
  readonly #table: FlowTable<UdpFlow>
  readonly #order = new IdleList<UdpFlow>()
  readonly #open: (flow: UdpFlow) => HostDatagram | undefined

  /** @param open returns undefined without free file descriptors */
  constructor(open: (flow: UdpFlow) => HostDatagram | undefined, seed: number) {
    this.#open = open
    this.#table = new FlowTable(2, seed)
  }

  get size(): number {
    return this.#table.size
  }

  flows(): IterableIterator<UdpFlow> {
    return this.#table.values()
  }

  /** The flow of a guest's socket, created if new. `port` is the current destination port. */
  flow(neighbour: Neighbour, guestPort: number, port: number, nowMs: number): UdpFlow | undefined {
    this.#setKey(neighbour.address, guestPort)
    const known = this.#table.get()
    if (known !== undefined) {
      this.#order.use(known, nowMs)
      if (port !== dnsPort) known.idleMs = idleMs
      return known
    }
    return this.#create(neighbour, guestPort, port, nowMs)
  }

  #create(neighbour: Neighbour, guestPort: number, port: number, nowMs: number): UdpFlow | undefined {
    if (this.#table.size >= maxFlows) this.#evict()
    const flow = new UdpFlow(neighbour, guestPort, port === dnsPort ? dnsIdleMs : idleMs)
    flow.socket = this.#open(flow)
    if (flow.socket === undefined && this.#order.oldest !== undefined) {
      // Out of file descriptors: close the least recently used flow.
      this.#evict()
      flow.socket = this.#open(flow)
    }
    if (flow.socket === undefined) {
      this.counters.failed += 1
      return undefined
    }
    this.#setKey(neighbour.address, guestPort)
    this.#table.set(flow)
    this.#order.add(flow, nowMs)
    this.counters.opened += 1
    return flow
  }

  /** Counts a received datagram and refreshes the flow. */
  received(flow: UdpFlow, nowMs: number): void {
    if (flow.socket === undefined) return
    flow.received += 1
    this.#order.use(flow, nowMs)
  }

  close(flow: UdpFlow): void {
    if (flow.socket === undefined) return
    flow.socket.close()
    flow.socket = undefined
    this.#order.remove(flow)
    this.#setKey(flow.neighbour.address, flow.guestPort)
    this.#table.delete()
  }

  expire(nowMs: number): void {
    this.#order.expire(nowMs, (flow) => {
      this.counters.expired += 1
      this.close(flow)
    })
  }

  closeAll(): void {
    for (const flow of [...this.#table.values()]) this.close(flow)
  }

  #evict(): void {
    const { oldest } = this.#order
    if (oldest === undefined) return
    this.counters.evicted += 1
    this.close(oldest)
  }

  #setKey(address: number, port: number): void {
    this.#table.key[0] = address
    this.#table.key[1] = port
  }
}
