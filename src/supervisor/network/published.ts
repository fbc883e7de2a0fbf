/**
 * Ports that dockerd asks the host for: each is open before the engine says that its container runs, and as long as the
 * program lives that dockerd runs for it in the guest (templates/guest/docker/usr/bin/publish-port).
 */
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { PortMapping } from '../../config/desired.ts'
import type { AskedPort, PortRequest } from '../../engine/port-requests.ts'
import { hostMappings, maxPublished, type PublishRules } from '../../engine/published.ts'
import { messageOf } from '../../errors/system.ts'
import { Mutex } from '../../mutex.ts'
import type { PortStatus } from '../../net/core/port-status.ts'
import type { Log } from '../process/log.ts'
import { type Answer, servePorts } from './port-session.ts'
import { reasonOf, tooMany, unavailable } from './unavailable.ts'

/** Until the relay listens, and between connections with a guest that does not keep to the protocol. */
const [retryMs, lastRetryMs] = [200, 10_000]

interface PublishedOptions {
  dial: () => Promise<Duplex>
  add: (mapping: PortMapping) => Promise<PortStatus & { code: string | undefined }>
  remove: (mapping: PortMapping) => Promise<void>
  /** Whether dockerd asks for ports has been learned, or is another than before. */
  onAsks: () => void
  log: Log
}

interface Held {
  mapping: PortMapping
  /** Programs in the guest that hold it. */
  ids: Set<number>
}

export class Published {
  readonly #options: PublishedOptions
  readonly #turns = new Mutex()
  /** What each program in the guest asked for. */
  readonly #asked = new Map<number, AskedPort>()
  /** By the mapping's id. */
  readonly #held = new Map<string, Held>()
  #rules: PublishRules | undefined
  #stream: Duplex | undefined
  /** Ids that were said since the connection was made, until all of them were. */
  #announced: Set<number> | undefined
  #asks: boolean | undefined
  #over: AbortController | undefined
  /** The guest has said all that it holds. */
  #synced = Promise.withResolvers<void>()
  #running: Promise<void> = Promise.resolve()

  constructor(options: PublishedOptions) {
    this.#options = options
  }

  /** Whether dockerd asks for the ports of containers; undefined: not known yet. */
  get asks(): boolean | undefined {
    return this.#asks
  }

  /** Undefined: nothing is published. What is asked for already is opened as the rules say now. */
  setRules(rules: PublishRules | undefined): Promise<void> {
    if (JSON.stringify(rules) === JSON.stringify(this.#rules)) return Promise.resolve()
    this.#rules = rules
    return this.reopen()
  }

  /** Opens all again, on a network that was replaced. */
  reopen(): Promise<void> {
    return this.#turns.run(async () => {
      await this.#closeAll()
      for (const [id, asked] of this.#asked) await this.#open(id, asked)
    })
  }

  /** A VM runs: its relay is dialled until it is there, and again whenever the connection ends. */
  start(): void {
    if (this.#over !== undefined) return
    this.#over = new AbortController()
    this.#running = this.#follow(this.#over.signal)
  }

  /** The VM is gone, and every port with it. */
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

  /** Resolves once ports open on request of the engine, or at the deadline. */
  async ready(deadlineMs: number): Promise<void> {
    await Promise.race([this.#synced.promise, sleep(deadlineMs, undefined, { ref: false })])
  }

  /** The guest says which programs ended without a word. */
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
        // Nothing listens there yet.
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => {})
    }
  }

  /** A guest that is gone answers no dial for half a minute, which nobody who stops waits for. */
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

  /** Gives why it cannot be open; a container that runs already keeps its place and is tried again. */
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
    const { protocol } = asked
    if (this.#rules === undefined) return undefined
    if (protocol === 'sctp') return unavailable(asked, 'SCTP is not forwarded from the host')
    let problem: Answer
    for (const mapping of hostMappings({ ...asked, protocol }, this.#rules)) {
      const before = this.#held.get(mapping.id)
      const isKept = before !== undefined && isSame(before.mapping, mapping)
      // The engine assigns an address once: an earlier holder with another target is gone.
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

/** A container with both families is asked for once by each; it is one place all the same. */
const isSame = (a: PortMapping, b: PortMapping): boolean =>
  isDeepStrictEqual(a.guest, b.guest) ||
  (isDeepStrictEqual(a.also, b.also) && isIP(a.guest.address) !== isIP(b.guest.address))
