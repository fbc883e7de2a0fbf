/**
 * What the engine says of itself, kept at hand. `GET /info` takes dockerd 0.3 s in an emulated VM, and a plan asks
 * for it every time; dockerd tells by events when the answer may have changed, so it is asked only then.
 */
import type { JsonValue } from '../config/desired.ts'
import type { EngineState } from '../supervisor/api.ts'
import { type EngineClient, engineClient } from './client.ts'
import { followEngine } from './follow.ts'

type Up = Extract<EngineState, { state: 'up' }>

/** Keys of `GET /info` that daemon.json decides; the others are counters and facts of the VM. */
const kept = ['Debug', 'Labels', 'LiveRestoreEnabled', 'RegistryConfig', 'DefaultRuntime'] as const

/** Asks now. Rejects when the engine does not answer. */
export async function readEngine(engine: EngineClient): Promise<Up> {
  const [{ Version, ApiVersion }, info, containers] = await Promise.all([
    engine.version(),
    engine.info(),
    engine.containers(),
  ])
  return {
    state: 'up',
    version: Version,
    apiVersion: ApiVersion,
    info: Object.fromEntries(kept.map((key) => [key, (info[key] ?? null) as JsonValue])),
    running: containers.map(({ Names, Id }) => Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12)).sort(),
  }
}

/** Events after which the answer may be another. */
const filters = {
  type: ['daemon', 'container'],
  event: ['reload', 'start', 'die', 'rename', 'destroy'],
}

/** Works until disposed. */
export class EngineWatch implements Disposable {
  readonly #engine: EngineClient
  readonly #stop = new AbortController()
  #answer: Up | undefined
  /** Counts events, so that an answer asked for before one is not kept after it. */
  #events = 0
  #open = false

  constructor(socketPath: string) {
    this.#engine = engineClient(socketPath)
    const follower = {
      filters,
      onOpen: async () => {
        this.#forget()
        this.#open = true
        await this.state()
      },
      onEvent: () => this.#forget(),
      onGone: () => {
        this.#open = false
        this.#forget()
      },
    }
    void followEngine(this.#engine, follower, this.#stop.signal)
  }

  /** The engine as it is now: at hand, or asked for. Rejects when it does not answer. */
  async state(): Promise<Up> {
    if (this.#answer !== undefined) return this.#answer
    const asked = this.#events
    const answer = await readEngine(this.#engine)
    if (this.#open && asked === this.#events) this.#answer = answer
    return answer
  }

  #forget(): void {
    this.#events += 1
    this.#answer = undefined
  }

  [Symbol.dispose](): void {
    this.#stop.abort()
  }
}
