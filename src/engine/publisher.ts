/** Keeps the host's listeners equal to what containers publish, by the engine's events. */
import type { PortMapping } from '../config/desired.ts'
import { messageOf } from '../errors.ts'
import { type EngineClient, engineClient } from './client.ts'
import { followEngine } from './follow.ts'
import { publishedMappings } from './published.ts'

interface PublisherOptions {
  socketPath: string
  bind: string
  guestAddress: string
  /** Replaces the whole table of published ports. */
  setPorts: (mappings: readonly PortMapping[]) => Promise<unknown>
  warn: (message: string) => void
}

/** Events after which `docker ps` may show other ports. */
const filters = {
  type: ['container', 'network'],
  event: 'start die stop kill pause unpause destroy restart rename connect disconnect'.split(' '),
}

/** Works until disposed. */
export class Publisher implements AsyncDisposable {
  readonly #options: PublisherOptions
  readonly #engine: EngineClient
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  #refreshing: Promise<void> | undefined
  #again = false

  constructor(options: PublisherOptions) {
    this.#options = options
    this.#engine = engineClient(options.socketPath)
    const follower = {
      filters,
      // Listed only after subscribing, so that nothing falls between.
      onOpen: () => this.#refresh(),
      onEvent: () => this.#refresh(),
      // With the engine every published port is gone.
      onGone: async () => {
        await options.setPorts([]).catch(() => {})
      },
      onFailure: (error: unknown) => options.warn(`container ports: ${messageOf(error)}`),
    }
    this.#ended = followEngine(this.#engine, follower, this.#stop.signal)
  }

  /** One listing at a time; events that come meanwhile cause one more. */
  #refresh(): void {
    if (this.#refreshing !== undefined) {
      this.#again = true
      return
    }
    this.#refreshing = this.#list().finally(() => {
      this.#refreshing = undefined
      if (this.#again && !this.#stop.signal.aborted) {
        this.#again = false
        this.#refresh()
      }
    })
  }

  async #list(): Promise<void> {
    try {
      const containers = await this.#engine.containers()
      if (this.#stop.signal.aborted) return
      await this.#options.setPorts(publishedMappings(containers, this.#options))
    } catch (error) {
      this.#options.warn(`container ports: ${messageOf(error)}`)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }
}
