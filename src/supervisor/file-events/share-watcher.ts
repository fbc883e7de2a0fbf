/** File events of one share: from the host's folders through a connection to the guest. */
import type { FileHandle } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ShareEvents } from '../../vm/spec.ts'
import { FolderTree } from './folder-tree.ts'
import { AnswerTimeout, GuestSession } from './guest-session.ts'
import { PendingChanges, settleMs } from './pending-changes.ts'
import { encodeTriggers, fileTypes, triggersOf } from './triggers.ts'

export interface WatcherOptions {
  /** Mount tag in the VM. */
  tag: string
  /** The share's folder, open. Closed with the watcher. */
  root: FileHandle
  writable: boolean
  /** Maximum number of watched folders. */
  most: number
  dial: () => Promise<Duplex>
  /** Maximum time for one answer, ms. */
  answerMs?: number
}

/** Retry interval until the guest listens. */
const retryMs = 500
/** A guest that ends as many connections in a row does not work: the first ones may be cut by its boot. */
const mostFailures = 5
/** Paths of one batch: its programs in the guest get them as arguments. */
const batchSize = 500
/** A batch takes 20 s in an emulated VM, several times as long on a busy host. */
const answerMs = 300_000

export class ShareWatcher implements AsyncDisposable {
  readonly #options: WatcherOptions
  readonly #pending = new PendingChanges()
  readonly #tree: FolderTree
  readonly #over = new AbortController()
  readonly #running: Promise<void>
  /** Connections since the last one on which the guest answered everything. */
  #failures = 0
  #isStuck = false
  #changed = Promise.withResolvers<void>()

  constructor(options: WatcherOptions) {
    this.#options = options
    const { root, most } = options
    this.#tree = new FolderTree({
      root,
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
    const failure = this.#failures >= mostFailures ? noConnection : undefined
    const problem = this.#isStuck ? noAnswer : (failure ?? this.#tree.problem)
    return { folders, ...(problem === undefined ? {} : { problem }) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort()
    this.#tree[Symbol.dispose]()
    await this.#running
    await this.#tree.idle
    await this.#options.root.close()
  }

  async #run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        const stream = await this.#dial(signal)
        this.#failures += 1
        await this.#serve(stream, signal)
      } catch (error) {
        // Otherwise the guest does not listen yet, or restarts.
        if (error instanceof AnswerTimeout) this.#isStuck = true
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
    using guest = new GuestSession(stream, {
      answerMs: this.#options.answerMs ?? answerMs,
      onClose: () => this.#changed.resolve(),
    })
    signal.throwIfAborted()
    const stop = (): void => guest[Symbol.dispose]()
    signal.addEventListener('abort', stop)
    try {
      await guest.request(`${this.#options.tag}\n`)
      if (this.#pending.size === 0) this.#works()
      while (!guest.isClosed) {
        await this.#changed.promise
        await sleep(settleMs)
        await this.#sendBatch(guest)
      }
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  #works(): void {
    this.#failures = 0
    this.#isStuck = false
  }

  async #sendBatch(guest: GuestSession): Promise<void> {
    this.#changed = Promise.withResolvers()
    const { root, writable } = this.#options
    const batch = this.#pending.take(performance.now(), batchSize)
    if (batch.changes.size > 0) {
      try {
        const types = await fileTypes(root, batch.changes.keys())
        await guest.request(encodeTriggers(triggersOf(batch.changes, types, writable)))
        this.#works()
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

const noAnswer = 'the VM does not answer; the file server of this share may hang'
const noConnection = 'the VM ends the connection; `desktop logs shell-channel` may show why'
