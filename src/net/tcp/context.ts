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
  /** Bytes from the guest that may wait for one host socket, the largest window, and those for all of them. */
  receiveBytes: number
  totalReceiveBytes: number
  /** Bytes from the host that may wait for the guest's ACK, per connection and in all. */
  sendBytes: number
  totalSendBytes: number
  /** Limit of all out-of-order bytes from guests; further ones are dropped and retransmitted. */
  totalEarlyBytes: number
  maxConnections: number
  /** Dials under way, in all and to one address. */
  maxDials: number
  maxDialsPerAddress: number
  /** Connections that guests do not acknowledge: of all links, and of one when its guests stay silent. */
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

/** What the engine needs from around it. */
export interface TcpSurroundings {
  /** Begins to reach what the guest asked for; undefined: there is nothing at that address and port. */
  dial(connection: TcpConnection): HostStream | undefined
  /** What time it is in the midst of a burst: milliseconds, with fractions, from any beginning. */
  clockMs(): number
  /** The guest of an address, or undefined when nobody can have it. */
  neighbour(address: number): Neighbour | undefined
  /** The headers of a flow over IPv6; undefined: it is IPv4. */
  header6(guestAddress: number, address: number): FlowHeader | undefined
  /** Asks for a guest that is not known yet. */
  resolve(neighbour: Neighbour): void
  /** Tells the guest by ICMP that a dial failed. */
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
  /** Dials that made room for later ones. */
  dialsEvicted: number
  /** Connections that guests did not acknowledge, given up for a bound. */
  halfOpenEvicted: number
  /** SYNs that were dropped because a table was full. */
  overflows: number
  malformed: number
  retransmissions: number
  timeouts: number
  challenges: number
  /** Segments that were dropped for their timestamps. */
  untimely: number
  timedOut: number
  /** Path MTUs lowered, by report or by timeouts. */
  pathsNarrowed: number
}

export class TcpContext {
  readonly settings: TcpSettings
  readonly around: TcpSurroundings
  readonly table: FlowTable<TcpConnection>
  readonly wheel: TimerWheel<TcpConnection>
  readonly initialSequence: InitialSequence
  readonly pool: RingPool = new RingPool()
  /** Headers for the kernel to repeat. */
  template: PacketBuffer | undefined
  readonly segment: TcpSegment = new TcpSegment()
  /** TTL or hop limit of the packet that it came in. */
  ttl = 0
  /** Connections that have something to do at the end of this burst. */
  readonly touched: TcpConnection[] = []
  /** Connections with data for a guest that does not read now. */
  readonly waitingForLink: Set<TcpConnection> = new Set()
  /** What all connections hold behind gaps. */
  earlyBytes = 0
  /** In the order in which they entered the state; the first to make room for others. */
  readonly timeWaits: Set<TcpConnection> = new Set()
  /** Connections whose ACK waits, and when it has waited long enough. */
  readonly delayedAcks: TcpConnection[] = []
  delayedAcksMs = 0
  /** The one whose run of bytes ends where the next frame begins. */
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

  /** The connection whose segment an ICMP error quotes; undefined also when it comes from elsewhere than the segment went. */
  findQuoted(quoted: TcpFlow, from: Neighbour): TcpConnection | undefined {
    const c = this.find(quoted.guestAddress, quoted.guestPort, quoted.address, quoted.port)
    return c !== undefined && isSameStation(c.neighbour, from) ? c : undefined
  }

  add(c: TcpConnection): void {
    this.#setKey(c.guestAddress, c.guestPort, c.address, c.port)
    this.table.set(c)
  }

  /** Takes it out of everything; what is still on its way to the host continues by itself. */
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

  /** To be looked at when the burst ends. */
  touch(c: TcpConnection): void {
    if (c.isTouched) return
    c.isTouched = true
    this.touched.push(c)
  }

  /** Nobody has it, or one in TIME-WAIT that makes room. */
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
