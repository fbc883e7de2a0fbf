/**
 * Host ports for published container ports. Each is opened before dockerd reports the container as started,
 * and stays open while its proxy process runs in the guest (templates/guest/docker/usr/bin/publish-port).
 */
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { PortMapping } from '../../config/desired.ts'
import type { PortRequest } from '../../engine/port-requests.ts'
import {
  type AskedPort,
  hostMappings,
  isForwarded,
  maxPublished,
  type PublishRules,
} from '../../engine/published.ts'
import { messageOf } from '../../errors/system.ts'
import { Mutex } from '../../mutex.ts'
import type { PortStatus } from '../../net/core/port-status.ts'
import type { Log } from '../process/log.ts'
import { type Answer, servePorts } from './port-session.ts'
import { noIpv6, reasonOf, tooMany, unavailable } from './unavailable.ts'

/** Retry interval until the relay listens, and back-off for a guest that violates the protocol. */
const [retryMs, lastRetryMs] = [200, 10_000]

interface PublishedOptions {
  dial: () => Promise<Duplex>
  add: (mapping: PortMapping) => Promise<PortStatus & { code: string | undefined }>
  remove: (mapping: PortMapping) => Promise<void>
  /** Called when it becomes known, or changes, whether dockerd requests ports. */
  onAsks: () => void
  log: Log
}

interface Held {
  mapping: PortMapping
  /** Proxy processes in the guest that use it. */
  ids: Set<number>
}

export class Published {
  readonly #options: PublishedOptions
  readonly #turns = new Mutex()
  /** The port that each proxy process in the guest requested. */
  readonly #asked = new Map<number, AskedPort>()
  /** Keyed by mapping id. */
  readonly #held = new Map<string, Held>()
  #rules: PublishRules | undefined
  #stream: Duplex | undefined
  /** Ids announced on this connection; undefined once the sync is complete. */
  #announced: Set<number> | undefined
  #asks: boolean | undefined
  #over: AbortController | undefined
  /** Resolves when the guest has announced all its ports. */
  #synced = Promise.withResolvers<void>()
  #running: Promise<void> = Promise.resolve()

  constructor(options: PublishedOptions) {
    this.#options = options
  }

  /** Whether dockerd requests the ports of containers; undefined while unknown. */
  get asks(): boolean | undefined {
    return this.#asks
  }

  /** Undefined publishes nothing. Existing requests are reopened under the new rules. */
  setRules(rules: PublishRules | undefined): Promise<void> {
    if (JSON.stringify(rules) === JSON.stringify(this.#rules)) return Promise.resolve()
    this.#rules = rules
    return this.reopen()
  }

  /** Reopens all ports, after the network was replaced. */
  reopen(): Promise<void> {
    return this.#turns.run(async () => {
      await this.#closeAll()
      for (const [id, asked] of this.#asked) await this.#open(id, asked)
    })
  }

  /** Connects to the VM's relay, and reconnects whenever the connection closes. */
  start(): void {
    if (this.#over !== undefined) return
    this.#over = new AbortController()
    this.#running = this.#follow(this.#over.signal)
  }

  /** Disconnects and closes all ports, because the VM has stopped. */
  async stop(): Promise<void> {
    this.#over?.abort()
    this.#over = undefined
    this.#stream?.destroy()
    await this.#running
    this.#asked.clear()
    this.#asks = undefined
    this.#synced = Promise.withResolvers()
    await this.#turns.run(() => this.#closeAll())
  }

  /** Resolves when the initial sync is complete, or at the deadline. */
  async ready(deadlineMs: number): Promise<void> {
    await Promise.race([this.#synced.promise, sleep(deadlineMs, undefined, { ref: false })])
  }

  /** Requests a report of proxies that exited without releasing their port. */
  sweep(): void {
    this.#stream?.write('sweep\n')
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let pauseMs = retryMs
    while (!signal.aborted) {
      try {
        const stream = await this.#dial(signal)
        this.#stream = stream
        this.#announced = new Set()
        await servePorts(stream, (request) => this.#take(request))
        pauseMs = this.#announced === undefined ? retryMs : Math.min(lastRetryMs, 2 * pauseMs)
      } catch {
        // The relay is not listening yet.
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
    }
  }

  /** Aborts the dial on stop: a dead guest would time it out only after 30 s. */
  async #dial(signal: AbortSignal): Promise<Duplex> {
    const dialled = this.#options.dial()
    const stopped = Promise.withResolvers<never>()
    const stop = () => stopped.reject(signal.reason)
    signal.addEventListener('abort', stop)
    try {
      return await Promise.race([dialled, stopped.promise])
    } catch (error) {
      if (signal.aborted) void dialled.then((late) => late.destroy()).catch(() => {})
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  #take(request: PortRequest): Promise<Answer> {
    return this.#turns.run(async () => {
      try {
        return await this.#answer(request)
      } catch (error) {
        this.#options.log.warn({ error: messageOf(error) }, 'published port')
        return messageOf(error)
      }
    })
  }

  async #answer(request: PortRequest): Promise<Answer> {
    switch (request.kind) {
      case 'open':
        return await this.#opened(request.id, request.asked)
      case 'close':
        this.#asked.delete(request.id)
        await this.#release(request.id)
        return undefined
      case 'asks': {
        const before = this.#asks
        this.#asks = request.asks
        if (before !== request.asks) this.#options.onAsks()
        return undefined
      }
      case 'synced': {
        const there = this.#announced
        this.#announced = undefined
        this.#synced.resolve()
        for (const id of [...this.#asked.keys()]) {
          if (there === undefined || there.has(id)) continue
          this.#asked.delete(id)
          await this.#release(id)
        }
        return undefined
      }
    }
  }

  /**
   * Returns the error if the port cannot be opened. For a running container, the port is kept and retried.
   */
  async #opened(id: number, asked: AskedPort): Promise<Answer> {
    this.#announced?.add(id)
    if (this.#asked.size >= 2 * maxPublished) return tooMany
    const problem = await this.#open(id, asked)
    if (problem === undefined || this.#announced !== undefined) {
      this.#asked.set(id, asked)
      return undefined
    }
    await this.#release(id)
    return problem
  }

  async #open(id: number, asked: AskedPort): Promise<Answer> {
    if (this.#rules === undefined) return undefined
    if (!isForwarded(asked)) return unavailable(asked, 'SCTP is not forwarded from the host')
    let problem: Answer
    for (const mapping of hostMappings(asked, this.#rules)) {
      const before = this.#held.get(mapping.id)
      const isKept = before !== undefined && isSame(before.mapping, mapping)
      // Of a container with both families, the request for IPv4 holds the port.
      if (!isKept && isIP(mapping.guest.address) === 6 && !this.#rules.routesIpv6) {
        problem ??= unavailable(asked, noIpv6(mapping.guest.address))
        continue
      }
      // The engine assigns an address only once, so an earlier holder with another target no longer exists.
      if (before !== undefined && !isKept) await this.#close(before)
      if (!isKept && this.#held.size >= maxPublished) return tooMany
      const held = isKept ? before : { mapping, ids: new Set<number>() }
      held.ids.add(id)
      this.#held.set(mapping.id, held)
      const state = await this.#options.add(held.mapping)
      if (state.state === 'failed') problem ??= unavailable(asked, reasonOf(state, asked))
    }
    return problem
  }

  async #release(id: number): Promise<void> {
    for (const held of this.#held.values()) {
      if (held.ids.delete(id) && held.ids.size === 0) await this.#close(held)
    }
  }

  async #close({ mapping }: Held): Promise<void> {
    this.#held.delete(mapping.id)
    await this.#options.remove(mapping)
  }

  async #closeAll(): Promise<void> {
    for (const held of [...this.#held.values()]) await this.#close(held)
  }
}

/** dockerd requests a dual-stack container once per address family; both are the same target. */
const isSame = (a: PortMapping, b: PortMapping): boolean =>
  isDeepStrictEqual(a.guest, b.guest) ||
  (isDeepStrictEqual(a.also, b.also) && isIP(a.guest.address) !== isIP(b.guest.address))
