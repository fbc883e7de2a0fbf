/** File events of one share: from the host's folders through a connection to the guest. */
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ShareEvents } from '../../vm/spec.ts'
import { FolderTree } from './folder-tree.ts'
import { GuestSession } from './guest-session.ts'
import { PendingChanges, settleMs } from './pending-changes.ts'
import { encodeTriggers, fileTypes, triggersOf } from './triggers.ts'

export interface WatcherOptions {
  /** Mount tag in the VM. */
  tag: string
  source: string
  writable: boolean
  /** Maximum number of watched folders. */
  most: number
  dial: () => Promise<Duplex>
}

/** Retry interval until the guest listens. */
const retryMs = 500
/** A guest that ends as many connections in a row does not work: the first ones may be cut by its boot. */
const mostFailures = 5
/** Paths of one batch: its programs in the guest get them as arguments. */
const batchSize = 500

export class ShareWatcher implements AsyncDisposable {
  readonly #options: WatcherOptions
  readonly #pending = new PendingChanges()
  readonly #tree: FolderTree
  readonly #over = new AbortController()
  readonly #running: Promise<void>
  /** Connections since the last one that the guest answered. */
  #failures = 0
  #changed = Promise.withResolvers<void>()

  constructor(options: WatcherOptions) {
    this.#options = options
    const { source, most } = options
    this.#tree = new FolderTree({
      source,
      most,
      onChange: (path, bits) => {
        this.#pending.note(path, bits)
        this.#changed.resolve()
      },
    })
    this.#running = this.#run(this.#over.signal)
  }

  get state(): ShareEvents {
    const { folders } = this.#tree
    const problem = this.#failures >= mostFailures ? noAnswer : this.#tree.problem
    return { folders, ...(problem === undefined ? {} : { problem }) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    this.#tree[Symbol.dispose]()
    await this.#running
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const stream = await this.#dial(signal)
        this.#failures += 1
        await this.#serve(stream, signal)
      } catch {
        // The guest does not listen yet, or restarts.
      }
      await sleep(retryMs, undefined, { signal, ref: false }).catch(() => {})
    }
  }

  /** Rejects at once when aborted: a guest that does not respond would time the dial out only after 30 s. */
  async #dial(signal: AbortSignal): Promise<Duplex> {
    const dialled = this.#options.dial()
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const stop = (): void => reject(signal.reason)
    signal.addEventListener('abort', stop)
    try {
      return await Promise.race([dialled, aborted])
    } catch (error) {
      void dialled.then((late) => late.destroy()).catch(() => {})
      throw error
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #serve(stream: Duplex, signal: AbortSignal): Promise<void> {
    using guest = new GuestSession(stream, () => this.#changed.resolve())
    const stop = (): void => guest[Symbol.dispose]()
    signal.addEventListener('abort', stop)
    try {
      await guest.request(`${this.#options.tag}\n`)
      this.#failures = 0
      while (!guest.isClosed) {
        await this.#changed.promise
        await sleep(settleMs)
        await this.#sendBatch(guest)
      }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #sendBatch(guest: GuestSession): Promise<void> {
    this.#changed = Promise.withResolvers()
    const { source, writable } = this.#options
    const batch = this.#pending.take(performance.now(), batchSize)
    if (batch.changes.size > 0) {
      try {
        const types = await fileTypes(source, batch.changes.keys())
        await guest.request(encodeTriggers(triggersOf(batch.changes, types, writable)))
      } catch (error) {
        this.#pending.restore(batch)
        this.#changed.resolve()
        throw error
      }
    }
    if (batch.nextMs === undefined) return
    await sleep(batch.nextMs)
    this.#changed.resolve()
  }
}

const noAnswer = 'the VM ends the connection; `desktop logs shell-channel` may show why'
