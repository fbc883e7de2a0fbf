/** Services of a swarm as `desktop status` shows them: how many of their tasks run, and why some do not. */
import type { SwarmService, SwarmTask } from '../../../engine/stack-replies.ts'
import { type Observation, present } from '../../../observation.ts'
import type { LiveServices } from '../../../observe/stacks.ts'
import { stackLabel } from '../../../reconcile/stack/service-keys.ts'
import { convergence, startedPlaces, wantedTasks } from './convergence.ts'

export interface ServiceStatus {
  name: string
  /** Absent for a service outside of any stack. */
  stack?: string
  /** `failed`: an update that was paused or rolled back. */
  state: 'converged' | 'converging' | 'failed'
  running: number
  desired: number
  /** Why it has not converged: the newest error of a task, or the state of the update. */
  message?: string
}

export const serviceStatuses = (live: Observation<LiveServices>): Observation<readonly ServiceStatus[]> =>
  live.state === 'present' ? present(statusesOf(live.value)) : live

function statusesOf({ services, tasks }: LiveServices): ServiceStatus[] {
  const own = Map.groupBy(tasks, ({ serviceId }) => serviceId)
  return services
    .map((service) => statusOf(service, own.get(service.id) ?? []))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
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
