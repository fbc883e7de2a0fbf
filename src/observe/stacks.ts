/** Services, networks, configs and secrets of the swarm, as reported by the first manager that answers. */
import { type StackClient, type StackObjects, stackClient } from '../engine/stack.ts'
import { absent, type Observation, observedValue, present } from '../observation.ts'
import { reading } from './deadline.ts'
import type { ObservedSwarm, SwarmPlace } from './swarm.ts'

/** Absent: no running machine is a manager. Unknown: no manager answers, e.g. without a quorum. */
export type ObservedStacks = Observation<LiveObjects>

export type LiveObjects = StackObjects

const nothing: LiveObjects = { services: [], networks: [], configs: [], secrets: [] }

/** An emulated engine on a busy host takes a second or two. */
const askMs = 15_000

/** @param hasStacks whether the file has stacks; otherwise only services are read. */
export async function observeStacks(
  places: readonly SwarmPlace[],
  { selves, nodes }: ObservedSwarm,
  hasStacks: boolean,
  clientOf: (socket: string) => StackClient = stackClient,
): Promise<ObservedStacks> {
  if (nodes.state === 'unknown') return nodes
  let found: ObservedStacks = absent
  for (const { machine, socket } of places) {
    const self = selves[machine]
    if (self === undefined || observedValue(self)?.isManager !== true) continue
    const client = clientOf(socket)
    const ask = async (): Promise<ObservedStacks> =>
      present(hasStacks ? await client.objects(askMs) : { ...nothing, services: await client.services() })
    found = await reading(ask, { what: `stacks by ${machine}`, deadlineMs: askMs })
    if (found.state === 'present') return found
  }
  return found
}
