/** Services that are as in the file but do not run as wanted: an update is paused, or tasks are missing. Pure. */
import type { SwarmService } from '../../../engine/stack-replies.ts'
import { observedValue, present } from '../../../observation.ts'
import { type LiveObjects, lags } from '../../../observe/stacks.ts'
import type { Note, Operation } from '../../../reconcile/plan.ts'
import type { WantedStack } from '../../../reconcile/stack/wanted.ts'
import { isUpdating, serviceStatuses } from './service-status.ts'
import { nearestPlace } from './stack-file.ts'

interface Inputs {
  live: LiveObjects
  /** Of the plan, whose operations change or create some services. */
  operations: readonly Operation[]
  machine: string
}

export function unconverged(
  stacks: readonly WantedStack[],
  { live, operations, machine }: Inputs,
): readonly Note[] {
  const planned = new Set(operations.map(({ subject }) => subject))
  return stacks.flatMap(({ name: stack, services, places }) =>
    services.flatMap(({ name }): Note[] => {
      const service = live.services.find((one) => one.name === name)
      if (service === undefined || planned.has(`service ${name}`) || !lags(service)) return []
      const what = problemOf(service, live)
      if (what === undefined) return []
      return [
        {
          level: 'warning',
          about: 'swarm.stack',
          message: what,
          hint: `\`desktop docker ${machine} -- service ps --no-trunc ${name}\` shows its tasks`,
          at: nearestPlace(places, `services.${name.slice(stack.length + 1)}`),
          drift: true,
        },
      ]
    }),
  )
}

function problemOf(service: SwarmService, { tasks }: LiveObjects): string | undefined {
  const { name, id } = service
  // Whether a job has ended is not known without its tasks.
  if (tasks === undefined && !isPaused(service)) return undefined
  const own = (tasks ?? []).filter(({ serviceId }) => serviceId === id)
  const [status] = observedValue(serviceStatuses(present({ services: [service], tasks: own }))) ?? []
  if (status === undefined || status.state === 'converged') return undefined
  const { running, desired, message } = status
  // Without a reason, the missing tasks are starting.
  if (status.state === 'converging' && (isUpdating(service) || running >= desired || message === undefined))
    return undefined
  return `${running} of ${desired} tasks of ${name} run: ${message}`
}

const isPaused = ({ update }: SwarmService): boolean =>
  update?.state === 'paused' || update?.state === 'rollback_paused'
