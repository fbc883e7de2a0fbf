/**
 * The swarm as reported by its engines: each engine's own state, and the node list of the first manager with a quorum.
 */
import { type SwarmClient, swarmClient } from '../engine/swarm.ts'
import type { SwarmNode, SwarmSelf } from '../engine/swarm-replies.ts'
import { absent, type Observation, observedValue, present } from '../observation.ts'
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

export async function observeSwarm(
  places: readonly SwarmPlace[],
  clientOf: (socket: string) => SwarmClient = swarmClient,
): Promise<ObservedSwarm> {
  const asked = await Promise.all(
    places.map(async ({ machine, socket, isUp }) => {
      const client = clientOf(socket)
      const what = `engine of ${machine}`
      const ask = async (): Promise<Observation<SwarmSelf>> => present(await client.self(askMs))
      return { machine, client, self: isUp ? await reading(ask, { what, deadlineMs: askMs }) : absent }
    }),
  )
  const lists = await Promise.all(
    asked.map(async ({ machine, client, self }): Promise<Observation<NodeList>> => {
      const { isManager, clusterId } = observedValue(self) ?? {}
      if (isManager !== true) return absent
      const ask = async (): Promise<Observation<NodeList>> =>
        present({ clusterId, nodes: await client.nodes(askMs) })
      return await reading(ask, { what: `nodes by ${machine}`, deadlineMs: askMs })
    }),
  )
  return {
    selves: Object.fromEntries(asked.map(({ machine, self }) => [machine, self])),
    nodes:
      lists.find(({ state }) => state === 'present') ??
      lists.find(({ state }) => state === 'unknown') ??
      lists[0] ??
      absent,
  }
}
