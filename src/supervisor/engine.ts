/** The VM's engine as the host sees it: whether it answers, what it says of itself, and what it publishes. */
import { type EngineClient, engineClient } from '../engine/client.ts'
import { Publisher } from '../engine/publisher.ts'
import type { EngineState } from '../engine/state.ts'
import { EngineWatch, readEngine } from '../engine/watch.ts'
import { DesktopError, messageOf } from '../errors.ts'
import { until } from '../host/until.ts'
import type { Log } from './log.ts'
import type { Network } from './network.ts'
import type { SupervisorState } from './state.ts'

export class Engine implements AsyncDisposable {
  readonly #network: Network
  readonly #log: Log
  #watch: EngineWatch | undefined
  /** Watches follow each other: the one before has let go of its ports when the next begins. */
  #replacing: Promise<void> = Promise.resolve()

  constructor(network: Network, log: Log) {
    this.#network = network
    this.#log = log
  }

  /** The engine of the machine that runs now, at the socket that is served now. */
  follow(engineSocket: string | undefined, { publish, network }: SupervisorState): void {
    if (engineSocket === undefined) return void this.unfollow()
    void this.#replace(() => {
      const publishes = publish?.containers === true && network !== undefined
      const rules = publishes ? { bind: publish.bind, guestAddress: network.address } : undefined
      const engine = engineClient(engineSocket)
      return new EngineWatch(engine, rules === undefined ? undefined : this.#publisher(engine, rules))
    })
  }

  unfollow(): Promise<void> {
    return this.#replace(() => undefined)
  }

  async state(engineSocket: string | undefined): Promise<EngineState> {
    if (engineSocket === undefined) return { state: 'down', reason: 'docker.sock is not set up' }
    const engine = engineClient(engineSocket)
    if (!(await engine.ping())) return { state: 'down', reason: 'dockerd does not answer' }
    try {
      return await (this.#watch?.state() ?? readEngine(engine))
    } catch (error) {
      return { state: 'down', reason: messageOf(error) }
    }
  }

  /** @param alive throws when there is nothing to wait for any more. @param said what an error ends with. */
  async wait(
    socketPath: string,
    { deadlineMs, alive, said }: { deadlineMs: number; alive: () => void; said: () => string },
  ): Promise<void> {
    const engine = engineClient(socketPath)
    try {
      await until(
        async () => {
          alive()
          return await engine.ping()
        },
        { deadlineMs, intervalMs: 100 },
      )
    } catch (error) {
      if (error instanceof DesktopError) throw error
      throw new DesktopError(
        'engine/unreachable',
        `no answer within ${deadlineMs / 1000} s; the VM's console ends with:\n${said()}`,
      )
    }
  }

  #publisher(engine: EngineClient, rules: { bind: string; guestAddress: string }): Publisher {
    return new Publisher(engine, {
      ...rules,
      setPorts: async (mappings) => {
        for (const port of await this.#network.setPorts('publish', mappings)) {
          if (port.state === 'failed') this.#log.warn({ port: port.id, error: port.error }, 'not published')
        }
      },
      warn: (message) => this.#log.warn({}, message),
    })
  }

  #replace(next: () => EngineWatch | undefined): Promise<void> {
    this.#replacing = this.#replacing.then(async () => {
      await this.#watch?.[Symbol.asyncDispose]()
      this.#watch = next()
    })
    return this.#replacing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.unfollow()
  }
}
