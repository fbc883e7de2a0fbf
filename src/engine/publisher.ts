/**
 * Host listeners for ports that dockerd does not ask the host for (engine/port-requests.ts): those of swarm services,
 * and those of all containers when its userland proxy is off. A watch notifies it of possible changes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../errors/system.ts'
import type { EngineClient } from './client.ts'
import { type PublishedPort, portsOfContainers, portsOfServices } from './published.ts'

/** After each listing, as long as it took: events without an end take no more than half of the time. */
const maxRestMs = 1_000

interface PublisherOptions {
  /** Whether dockerd asks for the ports of containers; undefined: not known yet. */
  asks: () => boolean | undefined
  /** The engine answers again: what it left behind when it went may be forgotten. */
  came: () => void
  /** Replaces the whole table. */
  setPorts: (ports: readonly PublishedPort[]) => Promise<unknown>
  warn: (message: string) => void
}

export class Publisher {
  readonly #options: PublisherOptions
  readonly #engine: EngineClient
  #refreshing: Promise<void> | undefined
  #again = false
  #stopped = false
  /** Until the engine says that it manages no swarm; events of services report when it does. */
  #hasServices = true

  constructor(engine: EngineClient, options: PublisherOptions) {
    this.#options = options
    this.#engine = engine
  }

  engineCame(): void {
    this.#options.came()
    this.#hasServices = true
    this.refresh()
  }

  /** @param type of the event's subject. */
  changed(type: string): void {
    if (type === 'service') this.#hasServices = true
    if (this.#hasServices || this.#options.asks() === false) this.refresh()
  }

  /** One listing at a time; calls that come meanwhile cause one more. */
  refresh(): void {
    if (this.#refreshing !== undefined) {
      this.#again = true
      return
    }
    const began = performance.now()
    const rest = (): Promise<void> => sleep(Math.min(performance.now() - began, maxRestMs))
    this.#refreshing = this.#list()
      .then(rest)
      .finally(() => {
        this.#refreshing = undefined
        if (this.#again && !this.#stopped) {
          this.#again = false
          this.refresh()
        }
      })
  }

  /** Listings that are still under way change nothing any more. */
  stop(): void {
    this.#stopped = true
  }

  failed(error: unknown): void {
    this.#options.warn(`published ports: ${messageOf(error)}`)
  }

  async #list(): Promise<void> {
    try {
      const ports = [...(await this.#ofServices()), ...(await this.#ofContainers())]
      if (!this.#stopped) await this.#options.setPorts(ports)
    } catch (error) {
      this.failed(error)
    }
  }

  async #ofServices(): Promise<PublishedPort[]> {
    if (!this.#hasServices) return []
    const services = await this.#engine.services().catch(() => undefined)
    this.#hasServices = services !== undefined
    return portsOfServices(services ?? [])
  }

  async #ofContainers(): Promise<PublishedPort[]> {
    if (this.#options.asks() !== false) return []
    const [containers, networks] = await Promise.all([this.#engine.containers(), this.#engine.networks()])
    const internal = networks.filter(({ Internal }) => Internal === true).map(({ Name }) => Name)
    return portsOfContainers(containers, new Set(internal))
  }
}
