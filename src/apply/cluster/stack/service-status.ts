/** Services of a swarm as `desktop status` shows them: how many of their tasks run, and why some do not. */
import type { SwarmService, SwarmTask } from '../../../engine/stack-replies.ts'
import { type Observation, present } from '../../../observation.ts'
import { isRolledBack, type LiveServices } from '../../../observe/stacks.ts'
import { stackLabel } from '../../../reconcile/stack/service-keys.ts'
import { convergence, isBroken, startedPlaces, wantedTasks } from './convergence.ts'

export interface ServiceStatus {
  name: string
  /** Absent for a service outside of any stack. */
  stack?: string
  /** `failed`: an update or rollback that is paused. */
  state: 'converged' | 'converging' | 'failed'
  running: number
  desired: number
  /** Why it has not converged: the newest error of a task, or the state of the update. */
  message?: string
  /** The last update failed, and the swarm went back to the version before it: why. */
  rolledBack?: string
}

export const serviceStatuses = (live: Observation<LiveServices>): Observation<readonly ServiceStatus[]> =>
  live.state === 'present' ? present(statusesOf(live.value)) : live

function statusesOf({ services, tasks, history = [] }: LiveServices): ServiceStatus[] {
  const own = Map.groupBy(tasks, ({ serviceId }) => serviceId)
  const all = Map.groupBy(history, ({ serviceId }) => serviceId)
  return services
    .map((service) => {
      const known = own.get(service.id) ?? []
      if (!isRolledBack(service)) return statusOf(service, known)
      // It runs the version before the update, whose tasks decide.
      const current = statusOf({ ...service, update: undefined }, known)
      return { ...current, rolledBack: rollbackReason(service, all.get(service.id) ?? []) }
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** The engine's own message is only that the rollback is complete. */
function rollbackReason({ update }: SwarmService, history: readonly SwarmTask[]): string {
  const { startedMs = 0, endedMs = Number.POSITIVE_INFINITY, message = '' } = update ?? {}
  const failed = history.find(
    ({ state, error, changedMs = 0 }) =>
      isBroken(state) && error !== '' && changedMs >= startedMs && changedMs <= endedMs,
  )
  return failed?.error ?? (message === '' ? 'its tasks failed' : message)
}

function statusOf(service: SwarmService, tasks: readonly SwarmTask[]): ServiceStatus {
  const { name, labels, spec, tasks: counts } = service
  const started = startedPlaces(spec, tasks)
  // Errors of a place that runs again are history.
  const open = tasks.filter(({ place, error }) => error === '' || !started.has(place))
  const stack = labels[stackLabel]
  return {
    name,
    ...(stack === undefined ? {} : { stack }),
    ...stateOf(service, open),
    // During an update, tasks of the earlier version run too; tasks of a job may have ended.
    running: Math.max(started.size, counts?.running ?? 0),
    desired: wantedTasks(spec, counts?.wanted ?? 0),
  }
}

function stateOf(
  service: SwarmService,
  tasks: readonly SwarmTask[],
): Pick<ServiceStatus, 'state' | 'message'> {
  const found = convergence(service, tasks, new Set())
  switch (found.kind) {
    case 'running':
      return { state: 'converged' }
    case 'failed':
      return { state: 'failed', message: found.message }
    case 'waiting': {
      const message = found.trouble ?? found.error ?? updateOf(service)
      return { state: 'converging', ...(message ? { message } : {}) }
    }
  }
}

/** `update in progress`; an update that has ended says nothing about the tasks now. */
const updateOf = (service: SwarmService): string | undefined =>
  isUpdating(service) ? service.update?.message : undefined

export const isUpdating = ({ update }: Pick<SwarmService, 'update'>): boolean =>
  update?.state === 'updating' || update?.state === 'rollback_started'
