/** Keeps the host's listeners equal to what containers publish, by the engine's events. */
import type { PortMapping } from '../config/desired.ts'
import { messageOf } from '../errors.ts'
import { until } from '../host/until.ts'
import { type EngineClient, engineClient } from './client.ts'
import { publishedMappings } from './published.ts'

interface PublisherOptions {
  socketPath: string
  bind: string
  guestAddress: string
  /** Replaces the whole table of published ports. */
  setPorts: (mappings: readonly PortMapping[]) => Promise<unknown>
  warn: (message: string) => void
}

/** Actions after which `docker ps` may show other ports. */
const actions = ['start', 'die', 'stop', 'kill', 'pause', 'unpause', 'destroy', 'restart', 'rename']

/** Works until disposed; an engine that is away is asked again, less and less often. */
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
    this.#ended = this.#run()
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      try {
        await until(() => this.#engine.ping(), { deadlineMs: 600_000, intervalMs: 1_000, signal })
        const stream = this.#engine.events(
          { type: ['container', 'network'], event: [...actions, 'connect', 'disconnect'] },
          () => this.#refresh(),
          signal,
        )
        await stream.opened
        // Listed only after subscribing, so that nothing falls between.
        this.#refresh()
        await stream.closed
      } catch (error) {
        if (!signal.aborted) this.#options.warn(`container ports: ${messageOf(error)}`)
      }
      // The engine went away, and with it every published port.
      await this.#options.setPorts([]).catch(() => {})
    }
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
    await this.#options.setPorts([])
  }
}
