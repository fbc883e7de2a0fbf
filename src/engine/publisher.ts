/** Keeps the host's listeners equal to what containers publish. Told by a watch when that may have changed. */
import type { PortMapping } from '../config/desired.ts'
import { messageOf } from '../errors.ts'
import type { EngineClient } from './client.ts'
import { publishedMappings } from './published.ts'

interface PublisherOptions {
  bind: string
  guestAddress: string
  /** Replaces the whole table of published ports. */
  setPorts: (mappings: readonly PortMapping[]) => Promise<unknown>
  warn: (message: string) => void
}

export class Publisher {
  readonly #options: PublisherOptions
  readonly #engine: EngineClient
  #refreshing: Promise<void> | undefined
  #again = false
  #stopped = false

  constructor(engine: EngineClient, options: PublisherOptions) {
    this.#engine = engine
    this.#options = options
  }

  /** One listing at a time; calls that come meanwhile cause one more. */
  refresh(): void {
    if (this.#refreshing !== undefined) {
      this.#again = true
      return
    }
    this.#refreshing = this.#list().finally(() => {
      this.#refreshing = undefined
      if (this.#again && !this.#stopped) {
        this.#again = false
        this.refresh()
      }
    })
  }

  /** With the engine every published port is gone. */
  async clear(): Promise<void> {
    await this.#options.setPorts([]).catch(() => {})
  }

  /** Listings that are still under way change nothing any more. */
  stop(): void {
    this.#stopped = true
  }

  failed(error: unknown): void {
    this.#options.warn(`container ports: ${messageOf(error)}`)
  }

  async #list(): Promise<void> {
    try {
      const containers = await this.#engine.containers()
      if (this.#stopped) return
      await this.#options.setPorts(publishedMappings(containers, this.#options))
    } catch (error) {
      this.failed(error)
    }
  }
}
