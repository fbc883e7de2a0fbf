/** State shared by the files of the TCP engine: settings, the table, the clock of this call, and pending work. */
import type { DialFailure, IcmpFailure } from '../core/failure.ts'
import type { FlowHeader, TcpFlow } from '../core/flow.ts'
import type { HostStream } from '../core/host-stream.ts'
import { isSameStation, type Neighbour } from '../core/neighbours.ts'
import { FlowTable } from '../storage/flow-table.ts'
import { RingPool } from '../storage/ring-pool.ts'
import { TimerWheel } from '../storage/timer-wheel.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { TcpSegment } from '../wire/tcp.ts'
import { phase, type TcpConnection } from './connection.ts'
import { DialQueue } from './dial-queue.ts'
import { Dials } from './dials.ts'
import { HalfOpen } from './half-open.ts'
import { InitialSequence } from './initial-sequence.ts'
import { RecentDestinations } from './recent-destinations.ts'

export interface TcpSettings {
  mtu: number
  /** Bytes from the guest queued for one host socket (the largest window), and for all of them. */
  receiveBytes: number
  totalReceiveBytes: number
  /** Unacknowledged bytes from the host, per connection and in total. */
  sendBytes: number
  totalSendBytes: number
  /** Out-of-order bytes from all guests; further segments are dropped and retransmitted. */
  totalEarlyBytes: number
  maxConnections: number
  /** Pending dials, in total and per destination address. */
  maxDials: number
  maxDialsPerAddress: number
  /** Half-open connections: in total, and per link when its guests do not answer. */
  maxHalfOpen: number
  maxHalfOpenPerLink: number
  timeWaitMs: number
}

export const tcpDefaults: Omit<TcpSettings, 'mtu'> = {
  receiveBytes: 512 * 1024,
  totalReceiveBytes: 512 * 1024 * 1024,
  sendBytes: 2 * 1024 * 1024,
  totalSendBytes: 256 * 1024 * 1024,
  totalEarlyBytes: 64 * 1024 * 1024,
  maxConnections: 65_536,
  maxDials: 16_384,
  maxDialsPerAddress: 12_288,
  maxHalfOpen: 8_192,
  maxHalfOpenPerLink: 1_024,
  timeWaitMs: 30_000,
}

/** Dependencies of the engine. */
export interface TcpSurroundings {
  /** Dials the host for a connection; undefined: nothing is at that address and port. */
  dial(connection: TcpConnection): HostStream | undefined
  /** Current time during a burst, in fractional milliseconds from an arbitrary origin. */
  clockMs(): number
  /** Neighbour entry of a guest address; undefined if no guest can have it. */
  neighbour(address: number): Neighbour | undefined
  /** IPv6 header template of a flow; undefined for IPv4. */
  header6(guestAddress: number, address: number): FlowHeader | undefined
  /** Sends an address resolution request for an unresolved guest. */
  resolve(neighbour: Neighbour): void
  /** Reports a failed dial to the guest by ICMP. */
  unreachable(connection: TcpConnection, failure: DialFailure | IcmpFailure): void
  /** Cryptographically random, signed. */
  random32(): number
}

export interface TcpCounters {
  opened: number
  openedFromHost: number
  closed: number
  resetByGuest: number
  resetByHost: number
  dialsRefused: number
  dialsUnreachable: number
  /** Pending dials evicted for later ones. */
  dialsEvicted: number
  /** Half-open connections evicted because of a limit. */
  halfOpenEvicted: number
  /** SYNs dropped because a table was full. */
  overflows: number
  malformed: number
  retransmissions: number
  timeouts: number
  challenges: number
  /** Segments dropped because of their timestamps. */
  untimely: number
  timedOut: number
  /** Path MTU reductions, by ICMP or by timeouts. */
  pathsNarrowed: number
}

export class TcpContext {
  readonly settings: TcpSettings
  readonly around: TcpSurroundings
  readonly table: FlowTable<TcpConnection>
  readonly wheel: TimerWheel<TcpConnection>
  readonly initialSequence: InitialSequence
  readonly pool: RingPool = new RingPool()
  /** Header template that the kernel copies to each segment. */
  template: PacketBuffer | undefined
  readonly segment: TcpSegment = new TcpSegment()
  /** TTL or hop limit of the current packet. */
  ttl = 0
  /** Connections with work at the end of this burst. */
  readonly touched: TcpConnection[] = []
  /** Connections with data for a blocked link. */
  readonly waitingForLink: Set<TcpConnection> = new Set()
  /** Out-of-order bytes held by all connections. */
  earlyBytes = 0
  /** In order of entry; the oldest is evicted first. */
  readonly timeWaits: Set<TcpConnection> = new Set()
  /** Connections with a delayed ACK, and its deadline. */
  readonly delayedAcks: TcpConnection[] = []
  delayedAcksMs = 0
  /** Connection whose last run of bytes ends just before the next frame. */
  lastRun: TcpConnection | undefined
  nowMs: number
  readonly recent: RecentDestinations = new RecentDestinations()
  readonly dials: Dials = new Dials(this.recent)
  readonly halfOpen: HalfOpen
  readonly dialQueue: DialQueue = new DialQueue(this.recent)
  readonly counters: TcpCounters = {
    opened: 0,
    openedFromHost: 0,
    closed: 0,
    resetByGuest: 0,
    resetByHost: 0,
    dialsRefused: 0,
    dialsUnreachable: 0,
    dialsEvicted: 0,
    halfOpenEvicted: 0,
    overflows: 0,
    malformed: 0,
    retransmissions: 0,
    timeouts: 0,
    challenges: 0,
    untimely: 0,
    timedOut: 0,
    pathsNarrowed: 0,
  }

  constructor(settings: TcpSettings, around: TcpSurroundings, nowMs: number) {
    this.settings = settings
    this.halfOpen = new HalfOpen({ inAll: settings.maxHalfOpen, perLink: settings.maxHalfOpenPerLink })
    this.around = around
    this.nowMs = nowMs
    this.table = new FlowTable(3, around.random32())
    this.wheel = new TimerWheel(nowMs)
    this.initialSequence = new InitialSequence(around.random32(), around.random32())
  }

  find(guestAddress: number, guestPort: number, address: number, port: number): TcpConnection | undefined {
    this.#setKey(guestAddress, guestPort, address, port)
    return this.table.get()
  }

  /** Connection whose segment an ICMP error quotes; undefined also if the error arrived from another station. */
  findQuoted(quoted: TcpFlow, from: Neighbour): TcpConnection | undefined {
    const c = this.find(quoted.guestAddress, quoted.guestPort, quoted.address, quoted.port)
    return c !== undefined && isSameStation(c.neighbour, from) ? c : undefined
  }

  add(c: TcpConnection): void {
    this.#setKey(c.guestAddress, c.guestPort, c.address, c.port)
    this.table.set(c)
  }

  /** Removes the connection from all tables; data queued for the host is still delivered. */
  forget(c: TcpConnection): void {
    if (c.phase === phase.closed) return
    if (c.phase === phase.dialling) this.dials.delete(c)
    else if (c.phase === phase.synReceived) this.halfOpen.delete(c)
    c.phase = phase.closed
    this.wheel.remove(c)
    this.waitingForLink.delete(c)
    this.timeWaits.delete(c)
    this.#setKey(c.guestAddress, c.guestPort, c.address, c.port)
    this.table.delete()
    c.buffer.release()
    this.earlyBytes -= c.reassembly.heldBytes
    c.reassembly.clear()
    c.scoreboard.clear()
    c.host = undefined
    if (this.lastRun === c) this.lastRun = undefined
    c.iov.clear()
    c.isAckDue = false
    this.counters.closed += 1
  }

  /** Queues the connection for `settle` at the end of the burst. */
  touch(c: TcpConnection): void {
    if (c.isTouched) return
    c.isTouched = true
    this.touched.push(c)
  }

  /** Unused, or in TIME-WAIT and thus replaceable. */
  isFree({ guestAddress, guestPort, address, port }: TcpFlow): boolean {
    const c = this.find(guestAddress, guestPort, address, port)
    return c === undefined || c.phase === phase.timeWait
  }

  #setKey(guestAddress: number, guestPort: number, address: number, port: number): void {
    const { key } = this.table
    key[0] = guestAddress
    key[1] = address
    key[2] = (guestPort << 16) | port
  }
}
