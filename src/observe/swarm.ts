/**
 * The swarm as reported by its engines: each engine's own state, and the node list of the first manager with a quorum.
 */
import { type SwarmClient, swarmClient } from '../engine/swarm.ts'
import type { SwarmNode, SwarmSelf } from '../engine/swarm-replies.ts'
import { absent, type Observation, observedValue, present, unknown } from '../observation.ts'
import { reading } from './deadline.ts'

export interface ObservedSwarm {
  /** Keyed by machine; absent if its engine is not running. */
  selves: Readonly<Record<string, Observation<SwarmSelf>>>
  /** Absent: no running machine is a manager. Unknown: no running manager responds, e.g. without a quorum. */
  nodes: Observation<NodeList>
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
  // On a busy host all engines are slow.
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
  const asked = await Promise.all(
    places.map(async ({ machine, socket, isUp }) => {
      const client = clientOf(socket)
      const self = isUp ? await ask(`engine of ${machine}`, () => client.self(askMs)) : absent
      const { isManager, clusterId } = observedValue(self) ?? {}
      if (isManager !== true) return { machine, self, list: absent }
      const list = await ask(`nodes by ${machine}`, async () => ({
        clusterId,
        nodes: await client.nodes(askMs),
      }))
      if (list.state === 'present') listed.resolve()
      return { machine, self, list }
    }),
  )
  const lists: readonly Observation<NodeList>[] = asked.map(({ list }) => list)
  return {
    selves: Object.fromEntries(asked.map(({ machine, self }) => [machine, self])),
    nodes:
      lists.find(({ state }) => state === 'present') ??
      lists.find(({ state }) => state === 'unknown') ??
      lists[0] ??
      absent,
  }
}
