/**
 * Host listeners for ports that dockerd does not request (engine/port-requests.ts): those of swarm services,
 * and those of all containers if the userland proxy is off. A watch notifies it of possible changes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../errors/system.ts'
import type { EngineClient } from './client.ts'
import { type AskedPort, isForwarded, portsOfContainers, portsOfServices } from './published.ts'

/**
 * Maximum pause after each listing. The pause is as long as the listing, so that continuous events use at
 * most half of the time.
 */
const maxRestMs = 1_000

interface PublisherOptions {
  /** Whether dockerd requests the ports of containers; undefined while unknown. */
  asks: () => boolean | undefined
  /** Called when the engine is back: ports left open by the previous engine may be closed. */
  came: () => void
  /** Replaces all ports. */
  setPorts: (ports: readonly AskedPort[]) => Promise<unknown>
  warn: (message: string) => void
}

export class Publisher {
  readonly #options: PublisherOptions
  readonly #engine: EngineClient
  #refreshing: Promise<void> | undefined
  #again = false
  #stopped = false
  /** False once the engine reports that it manages no swarm; a service event sets it again. */
  #hasServices = true
  #sctp: readonly number[] = []

  constructor(engine: EngineClient, options: PublisherOptions) {
    this.#options = options
    this.#engine = engine
  }

  /** Published SCTP ports of the last listing, which the host does not forward. */
  get sctpPorts(): readonly number[] {
    return this.#sctp
  }

  engineCame(): void {
    this.#options.came()
    this.#hasServices = true
    this.refresh()
  }

  /** @param type of the event's object. */
  changed(type: string): void {
    if (type === 'service') this.#hasServices = true
    if (this.#hasServices || this.#options.asks() === false) this.refresh()
  }

  /** Runs one listing at a time; calls during a listing trigger one more. */
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

  /** Discards the results of listings in progress. */
  stop(): void {
    this.#stopped = true
  }

  failed(error: unknown): void {
    this.#options.warn(`published ports: ${messageOf(error)}`)
  }

  async #list(): Promise<void> {
    try {
      const ports = [...(await this.#ofServices()), ...(await this.#ofContainers())]
      if (this.#stopped) return
      const sctp = ports.filter((port) => !isForwarded(port)).map(({ port }) => port)
      this.#sctp = [...new Set(sctp)].sort((a, b) => a - b)
      await this.#options.setPorts(ports)
    } catch (error) {
      this.failed(error)
    }
  }

  async #ofServices(): Promise<AskedPort[]> {
    if (!this.#hasServices) return []
    const services = await this.#engine.services().catch(() => undefined)
    this.#hasServices = services !== undefined
    return portsOfServices(services ?? [])
  }

  async #ofContainers(): Promise<AskedPort[]> {
    if (this.#options.asks() !== false) return []
    const [containers, networks] = await Promise.all([this.#engine.containers(), this.#engine.networks()])
    return portsOfContainers(containers, networks)
  }
}
