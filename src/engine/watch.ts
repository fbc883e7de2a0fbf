/**
 * Cache of the engine's `GET /info`, which takes dockerd 0.3 s in an emulated VM and is needed by every plan.
 * Engine events invalidate the cached reply.
 */
import { shownAs } from '../config/daemon/shown.ts'
import { defaultStopSeconds } from '../config/daemon/stop-grace.ts'
import type { JsonValue } from '../config/desired.ts'
import { buildAddressesOf, buildNetwork } from './build-addresses.ts'
import type { EngineClient } from './client.ts'
import type { EngineInfo } from './engine-info.ts'
import { followEngine } from './follow.ts'
import { containerName } from './published.ts'
import type { Publisher } from './publisher.ts'
import type { ContainerSummary, EngineEvent, NetworkSummary } from './replies.ts'

type Up = Extract<EngineInfo, { state: 'up' }>

/** Running containers and their networks. */
export interface Listing {
  containers: readonly ContainerSummary[]
  networks: readonly NetworkSummary[]
}

/** Keys of `GET /info` that daemon.json sets; the others are counters and facts of the VM. */
const kept = [...Object.values(shownAs), 'RegistryConfig', 'DefaultRuntime'] as const

/** A swarm node that lost its managers answers `/info` and `/networks` after 20 s. */
const nodeMs = 3_000
/** Less than a caller waits for the supervisor: a slow engine must not pass for a supervisor that hangs. */
const infoMs = 10_000

/**
 * Queries the engine; rejects if it does not respond.
 * @param stopSeconds known stop timeouts by container id.
 */
export async function readEngine(
  engine: EngineClient,
  stopSeconds: Map<string, number> = new Map(),
): Promise<Up> {
  const [{ Version, ApiVersion }, info, containers, networks] = await Promise.all([
    engine.version(),
    engine.info(infoMs),
    engine.containers(),
    engine.networks(),
  ])
  const longest = await longestStop(engine, containers, stopSeconds)
  const onHost = containers.filter((one) => one.NetworkSettings?.Networks?.host !== undefined)
  return {
    state: 'up',
    ...(longest === undefined ? {} : { stopSeconds: longest }),
    ...(isInSwarm(info) ? { isInSwarm: true } : {}),
    version: Version,
    apiVersion: ApiVersion,
    info: Object.fromEntries(kept.map((key) => [key, (info[key] ?? null) as JsonValue])),
    running: containers.map(containerName).sort(),
    ...(onHost.length === 0 ? {} : { onHostNetwork: onHost.map(containerName).sort() }),
    networks: networks.map(({ Name: name, IPAM }) => ({
      name,
      subnets: (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? []),
    })),
  }
}

function isInSwarm({ Swarm: swarm }: Record<string, unknown>): boolean {
  const state = isObject(swarm) ? swarm.LocalNodeState : undefined
  return typeof state === 'string' && state !== '' && state !== 'inactive'
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** The stop timeout never changes, and no list reports it. A container removed meanwhile has none. */
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

/** Events that may change the reply, or the ports in `docker ps`. */
const filters = {
  type: ['daemon', 'container', 'network', 'service'],
  event:
    'reload create start die stop kill pause unpause destroy remove restart rename connect disconnect update'.split(
      ' ',
    ),
}

/** The subset of events that change the reply. */
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

/** The only subscription to the engine's events; runs until disposed. */
export class EngineWatch implements AsyncDisposable {
  readonly #engine: EngineClient
  readonly #stop = new AbortController()
  readonly #publisher: Publisher | undefined
  readonly #ended: Promise<void>
  readonly #stopSeconds = new Map<string, number>()
  #answer: Up | undefined
  /** The answer before the events since, as long as the engine is there. */
  #previous: Up | undefined
  #asking: Promise<Up> | undefined
  #listing: Promise<Listing> | undefined
  /** Counts events, so that a reply requested before an event is not cached after it. */
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
        // List only after subscribing, so that no change is missed.
        publisher?.engineCame()
        // Not awaited: an unreachable engine may take long to fail.
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
        this.#previous = undefined
      },
      onFailure: (error: unknown) => publisher?.failed(error),
    }
    this.#ended = followEngine(engine, follower, this.#stop.signal)
  }

  /** Current engine state, cached or queried. Rejects if the engine does not respond. */
  async state(): Promise<Up> {
    if (this.#answer !== undefined) return this.#answer
    const asked = this.#events
    const answer = await readEngine(this.#engine, this.#stopSeconds)
    if (this.#open) {
      this.#previous = answer
      if (asked === this.#events) this.#answer = answer
    }
    return answer
  }

  /** As `state`; of a swarm node that takes long, the state before the latest events. */
  async timelyState(): Promise<Up> {
    const asked = this.state()
    const previous = this.#previous
    if (previous?.isInSwarm !== true) return await asked
    const { promise: late, resolve } = Promise.withResolvers<Up>()
    const timer = setTimeout(() => resolve(previous), nodeMs)
    try {
      return await Promise.race([asked, late])
    } finally {
      clearTimeout(timer)
    }
  }

  /** At once, if it ever answered: the previous answer, while it is asked for the one of now. */
  async recentState(): Promise<Up> {
    if (this.#answer !== undefined) return this.#answer
    this.#asking ??= this.state().finally(() => {
      this.#asking = undefined
    })
    // `state` reports the failure.
    this.#asking.catch(() => {})
    return this.#previous ?? (await this.#asking)
  }

  /** Running containers, cached until the next event, or queried. Rejects if the engine does not respond. */
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

  /** Addresses of the builder's containers now. */
  async buildAddresses(): Promise<string[]> {
    return buildAddressesOf(await this.#engine.network(buildNetwork))
  }

  /** Published SCTP ports, which the host does not forward. */
  get sctpPorts(): readonly number[] {
    return this.#publisher?.sctpPorts ?? []
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
