/**
 * One sample of the running network: two requests to the supervisor, and one to the engine when its
 * containers change.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { engineClient } from '../../engine/client.ts'
import type { EngineInfo } from '../../engine/engine-info.ts'
import type { ContainerSummary } from '../../engine/replies.ts'
import type { FlowView } from '../../net/flows.ts'
import type { Control, SupervisorFacts } from '../../supervisor/api/api.ts'

export interface Sample {
  facts: SupervisorFacts
  flows: readonly FlowView[]
  /** Empty while the engine does not respond. */
  containers: readonly ContainerSummary[]
  /** Monotonic time. */
  atMs: number
}

/** Rejects if the supervisor does not respond. */
export async function takeSample(control: Control, containers: Containers): Promise<Sample> {
  const [facts, flows] = await Promise.all([control.facts({ engine: 'recent' }), control.flows()])
  const atMs = performance.now()
  return { facts, flows, containers: await containers.of(facts.engine, atMs), atMs }
}

/** Refresh interval, because a container can join a network and keep its name. */
const keptMs = 10_000
/** Maximum time that a sample waits for the listing. */
const patienceMs = 100

/** Caches the container listing, the most expensive request to a slow guest. */
export class Containers {
  readonly #dockerSocket: string
  #known: readonly ContainerSummary[] = []
  #running = ''
  #untilMs = 0
  #listing: Promise<void> | undefined

  /** @param dockerSocket path of docker.sock on this host. */
  constructor(dockerSocket: string) {
    this.#dockerSocket = dockerSocket
  }

  /** A slow engine delays no sample: until it responds, the previous containers are shown. */
  async of(engine: EngineInfo, nowMs: number): Promise<readonly ContainerSummary[]> {
    if (engine.state !== 'up') return []
    const running = engine.running.join('\n')
    if (running !== this.#running || nowMs >= this.#untilMs) {
      this.#listing ??= this.#list(running, nowMs)
      const over = new AbortController()
      await Promise.race([
        this.#listing,
        sleep(patienceMs, undefined, { signal: over.signal }).catch(() => {}),
      ])
      over.abort()
    }
    return this.#known
  }

  /** Resolves once the pending listing has finished. */
  async settled(): Promise<void> {
    await this.#listing
  }

  async #list(running: string, nowMs: number): Promise<void> {
    try {
      this.#known = await engineClient(this.#dockerSocket).containers()
      this.#running = running
      this.#untilMs = nowMs + keptMs
    } catch {
      // The next sample retries.
      this.#known = []
      this.#untilMs = 0
    }
    this.#listing = undefined
  }
}
