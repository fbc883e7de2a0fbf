/**
 * DNS over TCP from guests (RFC 7766). Queries may be pipelined, and responses may be out of order. Responses
 * pause while the client does not read. The number of connections is limited, and idle ones time out.
 */
import type { HostStream } from '../../core/host-stream.ts'
import type { DnsClient } from '../../services/dns/client.ts'
import { MessageReader } from '../../services/dns/stream.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import { clockMs, type EventLoop } from '../event-loop.ts'
import type { HostDns } from './host-dns.ts'

/** Pending queries per connection. */
const maxWaiting = 64
/** A connection beyond this limit evicts the least recently used one. */
export const maxDnsStreams = 512
/** RFC 7766 section 6.2.3 leaves the idle timeout to the server; 30 s is common. */
export const dnsIdleMs = 30_000
const lookMs = 5000

type Resolver = Pick<HostDns, 'handle'>

export class DnsStreams implements Disposable {
  readonly #loop: EventLoop
  readonly #resolver: Resolver
  readonly #open = new Set<DnsStream>()
  #timer: NodeJS.Timeout | undefined

  constructor(loop: EventLoop, resolver: Resolver) {
    this.#loop = loop
    this.#resolver = resolver
  }

  get size(): number {
    return this.#open.size
  }

  /** Host end of a guest's connection. */
  open(connection: TcpConnection): HostStream {
    if (this.#open.size >= maxDnsStreams) this.#quietest().abort()
    const stream = new DnsStream(this.#loop, this.#resolver, connection, () => this.#open.delete(stream))
    this.#open.add(stream)
    this.#timer ??= setInterval(() => this.expire(clockMs()), lookMs).unref()
    return stream
  }

  /** Closes idle connections; aborts them at the next timeout if the guest keeps its end open. */
  expire(nowMs: number): void {
    this.#loop.begin()
    for (const stream of this.#open) {
      if (nowMs - stream.usedMs < dnsIdleMs) continue
      if (stream.isEnded) stream.abort()
      else stream.finish()
      stream.usedMs = nowMs
    }
    this.#loop.end()
    if (this.#open.size === 0) this[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #quietest(): DnsStream {
    let quietest: DnsStream | undefined
    for (const stream of this.#open) if (stream.usedMs < (quietest?.usedMs ?? Infinity)) quietest = stream
    return quietest!
  }
}

class DnsStream implements HostStream, DnsClient {
  readonly channel = 'tcp'
  usedMs: number
  /** No further responses are sent. */
  isEnded = false
  readonly #loop: EventLoop
  readonly #resolver: Resolver
  readonly #gone: () => void
  readonly #reader = new MessageReader()
  readonly #length = new Uint8Array(2)
  #connection: TcpConnection | undefined
  #waiting = 0
  /** The send buffer has room for responses. */
  #isWanted = true
  #isServing = false
  #isGuestDone = false

  constructor(loop: EventLoop, resolver: Resolver, connection: TcpConnection, gone: () => void) {
    this.#loop = loop
    this.#resolver = resolver
    this.#connection = connection
    this.#gone = gone
    this.usedMs = clockMs()
    queueMicrotask(() => this.#accept())
  }

  get guest(): number | undefined {
    return this.#connection?.guestAddress
  }

  get guestPort(): number | undefined {
    return this.#connection?.guestPort
  }

  /** Queued queries reduce the window. */
  get queuedBytes(): number {
    return this.#reader.length
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    if (this.isEnded) return
    this.usedMs = this.#loop.stack.nowMs
    this.#reader.push(bytes.subarray(start, end))
    this.#serve()
  }

  end(): void {
    this.#isGuestDone = true
    this.#finishIfDone()
    if (this.isEnded) this.#gone()
  }

  setReading(isWanted: boolean): void {
    this.#isWanted = isWanted
    if (isWanted) this.#serve()
  }

  reset(): void {
    this.#connection = undefined
    this.#gone()
  }

  /** Closes the connection; pending queries get no response. */
  finish(): void {
    const connection = this.#connection
    if (this.isEnded || connection === undefined) return
    this.isEnded = true
    this.#loop.run(({ tcp }) => tcp.hostEnded(connection))
    if (this.#isGuestDone) this.#gone()
  }

  abort(): void {
    const connection = this.#connection
    this.reset()
    if (connection === undefined) return
    this.#loop.run(({ tcp }) => tcp.hostReset(connection))
  }

  #accept(): void {
    const connection = this.#connection
    if (connection !== undefined) this.#loop.run(({ tcp }) => tcp.hostConnected(connection))
  }

  #serve(): void {
    // Most responses are sent synchronously, within `handle`.
    if (this.#isServing) return
    this.#isServing = true
    while (this.#isWanted && this.#waiting < maxWaiting && this.#connection !== undefined && !this.isEnded) {
      const message = this.#reader.next()
      if (message === undefined) break
      this.#waiting += 1
      // Not a DNS message.
      if (!this.#resolver.handle(message, this)) this.abort()
    }
    this.#isServing = false
    this.#finishIfDone()
  }

  /** Responses always go to this connection, so nothing is copied. */
  keep(): DnsClient {
    return this
  }

  reply(message: Uint8Array, length: number): void {
    this.#waiting -= 1
    const connection = this.#connection
    if (connection === undefined || this.isEnded) return
    this.usedMs = this.#loop.stack.nowMs
    const { tcp } = this.#loop.begin()
    this.#length[0] = length >> 8
    this.#length[1] = length
    tcp.hostData(connection, this.#length, 0, 2)
    tcp.hostData(connection, message, 0, length)
    this.#serve()
    tcp.hostDrained(connection)
    this.#loop.end()
  }

  /** Closes once the guest has ended and all responses are sent; an incomplete query gets none. */
  #finishIfDone(): void {
    if (this.#isGuestDone && !this.#isServing && this.#waiting === 0 && this.#isWanted) this.finish()
  }
}
