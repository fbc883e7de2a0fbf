/**
 * Cache of the engine's `GET /info`. It takes dockerd 0.3 s in an emulated VM, and every plan needs it; engine events
 * invalidate the cached answer, so it is requested only after one of them.
 */
import { shownAs } from '../config/daemon/shown.ts'
import { defaultStopSeconds } from '../config/daemon/stop-grace.ts'
import type { JsonValue } from '../config/desired.ts'
import type { EngineClient } from './client.ts'
import type { EngineInfo } from './engine-info.ts'
import { followEngine } from './follow.ts'
import type { Publisher } from './publisher.ts'
import type { ContainerSummary, EngineEvent, NetworkSummary } from './replies.ts'

type Up = Extract<EngineInfo, { state: 'up' }>

/** What runs, and on which networks. */
export interface Listing {
  containers: readonly ContainerSummary[]
  networks: readonly NetworkSummary[]
}

/** Keys of `GET /info` that daemon.json decides; the others are counters and facts of the VM. */
const kept = [...Object.values(shownAs), 'RegistryConfig', 'DefaultRuntime'] as const

/** Asks now. Rejects when the engine does not answer. @param stopSeconds of containers that were asked for it before, by id. */
export async function readEngine(
  engine: EngineClient,
  stopSeconds: Map<string, number> = new Map(),
): Promise<Up> {
  const [{ Version, ApiVersion }, info, containers, networks] = await Promise.all([
    engine.version(),
    engine.info(),
    engine.containers(),
    engine.networks(),
  ])
  const longest = await longestStop(engine, containers, stopSeconds)
  return {
    state: 'up',
    ...(longest === undefined ? {} : { stopSeconds: longest }),
    version: Version,
    apiVersion: ApiVersion,
    info: Object.fromEntries(kept.map((key) => [key, (info[key] ?? null) as JsonValue])),
    running: containers.map(({ Names, Id }) => Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12)).sort(),
    networks: networks.map(({ Name: name, IPAM }) => ({
      name,
      subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    })),
  }
}

/** It never changes for a container, and no list shows it. One that is gone meanwhile has none. */
async function longestStop(
  engine: EngineClient,
  containers: readonly ContainerSummary[],
  known: Map<string, number>,
): Promise<number | undefined> {
  const running = new Set(containers.map(({ Id }) => Id))
  for (const id of known.keys()) if (!running.has(id)) known.delete(id)
  for (const id of running) {
    if (known.has(id)) continue
    const details = await engine.container(id).catch(() => undefined)
    if (details !== undefined) known.set(id, details.Config.StopTimeout ?? defaultStopSeconds)
  }
  const all = [...known.values()]
  if (all.some((seconds) => seconds < 0)) return -1
  return all.length === 0 ? undefined : Math.max(...all)
}

/** Events after which the answer, or what `docker ps` shows of ports, may be another. */
const filters = {
  type: ['daemon', 'container', 'network', 'service'],
  event:
    'reload create start die stop kill pause unpause destroy remove restart rename connect disconnect update'.split(
      ' ',
    ),
}

/** Of these, the events that change the answer. */
const answerChangers: ReadonlySet<string> = new Set([
  'reload',
  'create',
  'start',
  'die',
  'rename',
  'destroy',
  'remove',
])

async function list(engine: EngineClient): Promise<Listing> {
  const [containers, networks] = await Promise.all([engine.containers(), engine.networks()])
  return { containers, networks }
}

/** One subscription to the engine's events, for all that must follow it. Works until disposed. */
export class EngineWatch implements AsyncDisposable {
  readonly #engine: EngineClient
  readonly #stop = new AbortController()
  readonly #publisher: Publisher | undefined
  readonly #ended: Promise<void>
  readonly #stopSeconds = new Map<string, number>()
  #answer: Up | undefined
  #listing: Promise<Listing> | undefined
  /** Counts events, so that an answer asked for before one is not kept after it. */
  #events = 0
  #open = false

  constructor(engine: EngineClient, publisher: Publisher | undefined) {
    this.#engine = engine
    this.#publisher = publisher
    const follower = {
      filters,
      onOpen: () => {
        this.#forget()
        this.#open = true
        // Listed only after subscribing, so that nothing falls between.
        publisher?.engineCame()
        // Nobody waits for it: an engine that goes away meanwhile answers nothing for a long time.
        void this.state().catch(() => {})
      },
      onEvent: ({ Type, Action }: EngineEvent) => {
        this.#listing = undefined
        if (answerChangers.has(Action)) this.#forget()
        if (Type !== 'daemon') publisher?.changed(Type)
      },
      onGone: () => {
        this.#open = false
        this.#forget()
      },
      onFailure: (error: unknown) => publisher?.failed(error),
    }
    this.#ended = followEngine(engine, follower, this.#stop.signal)
  }

  /** The engine as it is now: at hand, or asked for. Rejects when it does not answer. */
  async state(): Promise<Up> {
    if (this.#answer !== undefined) return this.#answer
    const asked = this.#events
    const answer = await readEngine(this.#engine, this.#stopSeconds)
    if (this.#open && asked === this.#events) this.#answer = answer
    return answer
  }

  /** The running containers now: at hand until the next event, or asked for. Rejects when the engine does not answer. */
  async listing(): Promise<Listing> {
    if (this.#listing !== undefined) return await this.#listing
    const asked = list(this.#engine)
    if (this.#open) this.#listing = asked
    try {
      return await asked
    } catch (error) {
      if (this.#listing === asked) this.#listing = undefined
      throw error
    }
  }

  refreshPorts(): void {
    this.#publisher?.refresh()
  }

  #forget(): void {
    this.#events += 1
    this.#answer = undefined
    this.#listing = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#publisher?.stop()
    this.#stop.abort()
    await this.#ended
  }
}
