/** Services, networks, configs and secrets of the swarm, as reported by the first manager that answers. */
import { type StackClient, type StackObjects, stackClient } from '../engine/stack.ts'
import type { SwarmService, SwarmTask } from '../engine/stack-replies.ts'
import { absent, type Observation, observedValue, present } from '../observation.ts'
import { reading } from './deadline.ts'
import type { ObservedSwarm, SwarmPlace } from './swarm.ts'

/** Absent: no running machine is a manager. Unknown: no manager answers, e.g. without a quorum. */
export type ObservedStacks = Observation<LiveObjects>

export interface LiveObjects extends StackObjects {
  /** Those of services that lag, if they could be read. */
  tasks?: readonly SwarmTask[]
}

/** Whether tasks do not run, or an update stopped. The engine counts tasks of jobs that have ended as not running. */
export const lags = ({ tasks, update }: SwarmService): boolean =>
  (tasks !== undefined && tasks.running < tasks.wanted) ||
  update?.state === 'paused' ||
  update?.state === 'rollback_paused'

const nothing: LiveObjects = { services: [], networks: [], configs: [], secrets: [] }

/** An emulated engine on a busy host takes a second or two. */
const askMs = 15_000
/** Part of it for tasks of services that lag: they must not make the stack unknown. */
const tasksMs = 4_000

/** @param hasStacks whether the file has stacks; otherwise only services are read. */
export const observeStacks = (
  places: readonly Pick<SwarmPlace, 'machine' | 'socket'>[],
  swarm: ObservedSwarm,
  hasStacks: boolean,
  clientOf: (socket: string) => StackClient = stackClient,
): Promise<ObservedStacks> =>
  byFirstManager(places, swarm, async (socket) => {
    const client = clientOf(socket)
    if (!hasStacks) return { ...nothing, services: await client.services(askMs) }
    const objects = await client.objects(askMs - tasksMs)
    const late = objects.services.filter(lags).map(({ id }) => id)
    if (late.length === 0) return objects
    // Without them, the stack is compared nevertheless.
    const tasks = await client.tasks(late, tasksMs).catch(() => undefined)
    return tasks === undefined ? objects : { ...objects, tasks }
  })

/** Services of the swarm, and tasks of their current versions. */
export interface LiveServices {
  services: readonly SwarmService[]
  tasks: readonly SwarmTask[]
  /** Of services whose update was rolled back: also those of the version that failed. */
  history?: readonly SwarmTask[]
}

export const isRolledBack = ({ update }: Pick<SwarmService, 'update'>): boolean =>
  update?.state === 'rollback_completed'

export const observeServiceTasks = (
  places: readonly Pick<SwarmPlace, 'machine' | 'socket'>[],
  swarm: ObservedSwarm,
  clientOf: (socket: string) => StackClient = stackClient,
): Promise<Observation<LiveServices>> =>
  byFirstManager(places, swarm, async (socket) => {
    const client = clientOf(socket)
    const services = await client.services(askMs)
    const ids = services.map(({ id }) => id)
    // Without ids, the engine returns the tasks of all services.
    if (ids.length === 0) return { services, tasks: [] }
    const failed = services.filter(isRolledBack).map(({ id }) => id)
    const [tasks, history] = await Promise.all([
      client.tasks(ids, askMs),
      failed.length === 0 ? [] : client.taskHistory(failed, askMs).catch(() => []),
    ])
    return { services, tasks, history }
  })

async function byFirstManager<T>(
  places: readonly Pick<SwarmPlace, 'machine' | 'socket'>[],
  { selves, nodes }: ObservedSwarm,
  ask: (socket: string) => Promise<T>,
): Promise<Observation<T>> {
  if (nodes.state === 'unknown') return nodes
  let found: Observation<T> = absent
  for (const { machine, socket } of places) {
    const self = selves[machine]
    if (self === undefined || observedValue(self)?.isManager !== true) continue
    const what = `stacks by ${machine}`
    found = await reading(async () => present(await ask(socket)), { what, deadlineMs: askMs })
    if (found.state === 'present') return found
  }
  return found
}
