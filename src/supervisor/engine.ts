/** The VM's engine as seen from the host: availability, reported state and published ports. */
import { type EngineClient, engineClient } from '../engine/client.ts'
import type { EngineInfo } from '../engine/engine-info.ts'
import { KeptPing } from '../engine/kept-ping.ts'
import { hasIpv6Loopback, listedMappings, type PublishRules } from '../engine/published.ts'
import { Publisher } from '../engine/publisher.ts'
import { EngineWatch, type Listing, readEngine } from '../engine/watch.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import { until } from '../host/until.ts'
import type { MachineSlot } from './machine/machine-slot.ts'
import type { Network } from './network/network.ts'
import type { Published } from './network/published.ts'
import type { Log } from './process/log.ts'
import type { SupervisorState } from './process/recorded-requests.ts'

/** Undefined: nothing is published. */
export function publishRules({ publish, network }: Partial<SupervisorState>): PublishRules | undefined {
  if (publish?.containers !== true || network === undefined) return undefined
  return {
    bind: publish.bind,
    guestAddress: network.address,
    hasIpv6: hasIpv6Loopback(),
    routesIpv6: network.ipv6 !== undefined,
  }
}

interface WaitOptions {
  deadlineMs: number
  /** Aborted when the caller stops waiting. */
  signal: AbortSignal
  /** Throws if waiting is pointless. */
  alive: () => void
  /** Console output to append to an error. */
  said: () => string
}

export class Engine implements AsyncDisposable {
  readonly #network: Network
  readonly #published: Published
  readonly #log: Log
  #watch: EngineWatch | undefined
  #ping: KeptPing | undefined
  /** Serializes watches: the previous one releases its ports before the next begins. */
  #replacing: Promise<void> = Promise.resolve()

  constructor(network: Network, published: Published, log: Log) {
    this.#network = network
    this.#published = published
    this.#log = log
  }

  /** Follows the current machine's engine, at the socket currently served. */
  follow(engineSocket: string | undefined, state: SupervisorState): void {
    if (engineSocket === undefined) return void this.unfollow()
    void this.#replace(() => {
      const rules = publishRules(state)
      const engine = engineClient(engineSocket)
      return new EngineWatch(engine, rules === undefined ? undefined : this.#publisher(engine, rules))
    })
  }

  /** Stops following the engine and publishing its ports. */
  async unfollow(): Promise<void> {
    await this.#replace(() => undefined)
    await this.#network.setPorts('listed', []).catch(() => {})
  }

  /** Call when dockerd starts or stops requesting ports. */
  refreshPorts(): void {
    this.#watch?.refreshPorts()
  }

  /** Undefined if no engine is followed. Rejects if it does not respond. */
  async listing(): Promise<Listing | undefined> {
    return await this.#watch?.listing()
  }

  /** Addresses of the current build steps' containers. */
  async buildAddresses(): Promise<readonly string[]> {
    return (await this.#watch?.buildAddresses()) ?? []
  }

  /**
   * State of the current machine's engine.
   * @param mayBeRecent whether the answer before the latest events will do.
   */
  async stateOf(
    { machine }: MachineSlot,
    engineSocket: string | undefined,
    mayBeRecent = false,
  ): Promise<EngineInfo> {
    if (machine === undefined) return { state: 'down', reason: 'the VM is not running' }
    if (engineSocket === undefined) return { state: 'down', reason: 'docker.sock is not set up' }
    this.#ping ??= new KeptPing(engineSocket)
    if (!(await this.#ping.ask())) return { state: 'down', reason: 'dockerd does not answer' }
    try {
      const watch = this.#watch
      if (watch === undefined) return await readEngine(engineClient(engineSocket))
      const state = await (mayBeRecent ? watch.recentState() : watch.timelyState())
      const { sctpPorts } = watch
      return sctpPorts.length === 0 ? state : { ...state, sctpPorts }
    } catch (error) {
      return { state: 'down', reason: messageOf(error) }
    }
  }

  async wait(socketPath: string, { deadlineMs, signal, alive, said }: WaitOptions): Promise<void> {
    const engine = engineClient(socketPath)
    try {
      await until(
        async () => {
          alive()
          return await engine.ping()
        },
        { deadlineMs, intervalMs: 100, signal },
      )
    } catch (error) {
      if (error instanceof DesktopError) throw error
      throw new DesktopError(
        'engine/unreachable',
        `no answer within ${deadlineMs / 1000} s; the VM's console ends with:\n${said()}`,
      )
    }
  }

  #publisher(engine: EngineClient, rules: PublishRules): Publisher {
    return new Publisher(engine, {
      asks: () => this.#published.asks,
      came: () => this.#published.sweep(),
      setPorts: async (ports) => {
        const mappings = listedMappings(ports, rules)
        for (const port of await this.#network.setPorts('listed', mappings)) {
          if (port.state === 'failed') this.#log.warn({ port: port.id, error: port.error }, 'not published')
        }
      },
      warn: (message) => this.#log.warn({}, message),
    })
  }

  #replace(next: () => EngineWatch | undefined): Promise<void> {
    this.#replacing = this.#replacing.then(async () => {
      // A watch that fails to end must not block the next one.
      await this.#watch?.[Symbol.asyncDispose]().catch((error: unknown) =>
        this.#log.warn({ error: messageOf(error) }, 'the engine is no longer followed'),
      )
      this.#ping?.[Symbol.dispose]()
      this.#ping = undefined
      this.#watch = next()
    })
    return this.#replacing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.unfollow()
  }
}
