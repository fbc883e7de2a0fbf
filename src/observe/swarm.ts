/**
 * The swarm as reported by its engines: each engine's own state, and the node list of the first manager with a quorum.
 * An engine may be compromised: only machines that are managers in the file, or known to one of them as a manager, are
 * believed to be one.
 */
import { type SwarmClient, swarmClient } from '../engine/swarm.ts'
import type { SwarmNode, SwarmSelf } from '../engine/swarm-replies.ts'
import { absent, type Observation, observedValue, present, unknown } from '../observation.ts'
import { reading } from './deadline.ts'

export interface ObservedSwarm {
  /** Keyed by machine; absent if its engine is not running, unknown if it wrongly calls itself a manager. */
  selves: Readonly<Record<string, Observation<SwarmSelf>>>
  /** Absent: no running machine is a manager. Unknown: no running manager responds, e.g. without a quorum. */
  nodes: Observation<NodeList>
  /** Machines that call themselves managers, which no manager of the file confirms. */
  unconfirmed?: readonly string[]
}

export interface NodeList {
  clusterId: string | undefined
  nodes: readonly SwarmNode[]
}

export interface SwarmPlace {
  machine: string
  /** Path of docker.sock on this host. */
  socket: string
  isUp: boolean
  /** Manager in the file. */
  isManager: boolean
  /** On the network of the machines. */
  address: string
}

/** An emulated engine on a busy host takes about a second. */
const askMs = 10_000
/**
 * A manager that has lost the others answers after 20 s. Meanwhile the others elect leaders, which takes longer than the
 * repair of its connection. So it is not waited for once another manager has listed the nodes.
 */
const graceMs = 3000

export async function observeSwarm(
  places: readonly SwarmPlace[],
  clientOf: (socket: string) => SwarmClient = swarmClient,
): Promise<ObservedSwarm> {
  const began = performance.now()
  const listed = Promise.withResolvers<void>()
  const graceEnds = listed.promise.then(
    () =>
      new Promise<void>((resolve) => {
        // On a busy host all engines are slow.
        setTimeout(resolve, Math.max(graceMs, 3 * (performance.now() - began))).unref()
      }),
  )
  const ask = <T>(what: string, read: () => Promise<T>): Promise<Observation<T>> =>
    Promise.race([
      reading(async () => present(await read()), { what, deadlineMs: askMs }),
      graceEnds.then(() => unknown(`${what} did not answer; another manager did`)),
    ])
  const asked = managersFirst(places).map((place) => {
    const client = clientOf(place.socket)
    const self = place.isUp ? ask(`engine of ${place.machine}`, () => client.self(askMs)) : absent
    return { place, client, self }
  })
  const vouching = Promise.all(asked.filter(({ place }) => place.isManager).map(({ self }) => self))
  const vouched = vouching.then((all) => new Set(all.flatMap((self) => observedValue(self)?.managers ?? [])))
  const found = await Promise.all(
    asked.map(async ({ place, client, self: asking }) => {
      const { machine } = place
      const self = await asking
      const { isManager, clusterId } = observedValue(self) ?? {}
      if (isManager !== true) return { machine, self, list: absent }
      if (!place.isManager && !isBelieved(place, await vouched)) {
        const claim = unknown(falseClaim)
        return { machine, self: claim, list: claim, isFalse: true }
      }
      const list = await ask(`nodes by ${machine}`, async () => ({
        clusterId,
        nodes: await client.nodes(askMs),
      }))
      if (list.state === 'present') listed.resolve()
      return { machine, self, list }
    }),
  )
  const lists: readonly Observation<NodeList>[] = found.map(({ list }) => list)
  const unconfirmed = found.flatMap(({ machine, isFalse }) => (isFalse === true ? [machine] : []))
  return {
    ...(unconfirmed.length === 0 ? {} : { unconfirmed }),
    selves: Object.fromEntries(found.map(({ machine, self }) => [machine, self])),
    nodes:
      lists.find(({ state }) => state === 'present') ??
      lists.find(({ state }) => state === 'unknown') ??
      lists[0] ??
      absent,
  }
}

const falseClaim = 'it calls itself a manager, and no manager of the file confirms it'

/** Managers of the file first: they are asked about the others. */
export const managersFirst = <P extends Pick<SwarmPlace, 'isManager'>>(places: readonly P[]): P[] =>
  places.toSorted((a, b) => Number(b.isManager) - Number(a.isManager))

/** @param vouched addresses of managers, as reported by machines that are managers in the file */
export const isBelieved = (
  { isManager, address }: Pick<SwarmPlace, 'isManager' | 'address'>,
  vouched: ReadonlySet<string>,
): boolean => isManager || vouched.has(address)
