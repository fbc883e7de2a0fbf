/** Whether a service has its tasks running after a change, as `docker service create` decides it. */
import type { JsonValue } from '../../../config/desired.ts'
import type { SwarmService, SwarmTask } from '../../../engine/stack-replies.ts'

export type Convergence =
  /** All tasks run, and must keep running for this long. */
  | { kind: 'running'; verifyMs: number }
  /**
   * `trouble`: why no progress is to be expected without a change. `error`: of a task. `updateMs`: delays and monitoring of
   * the whole update.
   */
  | {
      kind: 'waiting'
      text: string
      trouble: string | undefined
      error: string | undefined
      updateMs: number
    }
  | { kind: 'failed'; message: string }

/** States in which a task makes progress, however long an image takes. */
const progressing: ReadonlySet<string> = new Set([
  'new',
  'allocated',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
])
const broken: ReadonlySet<string> = new Set(['failed', 'rejected', 'orphaned'])
export const isBroken = (state: string): boolean => broken.has(state)

/**
 * @param tasks those of the service's current version
 * @param before ids of tasks that had failed before the change
 */
export function convergence(
  { name, spec, tasks: counts, update }: SwarmService,
  tasks: readonly SwarmTask[],
  before: ReadonlySet<string>,
): Convergence {
  const failures = tasks.filter(({ id, state }) => isBroken(state) && !before.has(id))
  const reason = [...failures, ...tasks].find(({ error }) => error !== '')?.error
  const because = reason === undefined ? '' : `: ${reason}`
  switch (update?.state) {
    case 'paused':
      return { kind: 'failed', message: `the update of ${name} is paused${because || `: ${update.message}`}` }
    case 'rollback_paused':
      return { kind: 'failed', message: `the rollback of ${name} is paused: ${update.message}` }
    case 'rollback_completed':
      return {
        kind: 'failed',
        message: `the update of ${name} failed and was rolled back`,
      }
    case 'rollback_started':
      return {
        kind: 'waiting',
        text: `${name}: rolling back`,
        trouble: undefined,
        error: undefined,
        updateMs: updateMs(spec.RollbackConfig, counts?.wanted ?? 0),
      }
    default:
  }
  const wanted = wantedTasks(spec, counts?.wanted ?? 0)
  const started = startedPlaces(spec, tasks).size
  // A global service whose tasks are not created yet wants none.
  const isUnplaced = wanted === 0 && !hasReplicas(spec)
  if (started >= wanted && !isUnplaced && update?.state !== 'updating')
    // A completed update has watched them already.
    return { kind: 'running', verifyMs: update?.state === 'completed' || isJob(spec) ? 0 : verifyMs(spec) }
  const isProgressing = tasks.some(({ state }) => progressing.has(state)) && failures.length === 0
  return {
    kind: 'waiting',
    error: reason,
    updateMs: update?.state === 'updating' ? updateMs(spec.UpdateConfig, wanted) : 0,
    text: isUnplaced ? `${name}: no task runs` : `${name}: ${started} of ${wanted} tasks run`,
    trouble:
      isProgressing || (started >= wanted && !isUnplaced)
        ? undefined
        : (reason ?? (isUnplaced ? 'no machine fits its placement' : 'its tasks are not scheduled')),
  }
}

/** Places with a task that runs, or has ended as it should. */
export const startedPlaces = (spec: SwarmService['spec'], tasks: readonly SwarmTask[]): ReadonlySet<string> =>
  new Set(tasks.flatMap(({ place, state }) => (isStarted(state, spec) ? [place] : [])))

type Modes = Readonly<
  Record<string, { Replicas?: number; MaxConcurrent?: number; TotalCompletions?: number } | undefined>
>

export function wantedTasks({ Mode }: SwarmService['spec'], desired: number): number {
  const { Replicated, ReplicatedJob } = (Mode ?? {}) as Modes
  if (Replicated !== undefined) return Replicated.Replicas ?? 1
  if (ReplicatedJob === undefined) return desired
  const { MaxConcurrent = 1, TotalCompletions = MaxConcurrent } = ReplicatedJob
  return Math.min(MaxConcurrent, TotalCompletions)
}

/** A job, or a service that is not restarted, may have ended already. */
function isStarted(state: string, spec: SwarmService['spec']): boolean {
  if (state === 'running') return true
  const { RestartPolicy } = (spec.TaskTemplate ?? {}) as { RestartPolicy?: { Condition?: string } }
  return state === 'complete' && (isJob(spec) || (RestartPolicy?.Condition ?? 'any') !== 'any')
}

const hasReplicas = ({ Mode }: SwarmService['spec']): boolean =>
  Object.keys((Mode ?? {}) as Modes).some((mode) => mode.startsWith('Replicated'))

const isJob = ({ Mode }: SwarmService['spec']): boolean =>
  Object.keys((Mode ?? {}) as Modes).some((mode) => mode.endsWith('Job'))

/** docker's default of `update_config.monitor`. */
const defaultMonitorMs = 5_000

/** `update_config` or `rollback_config`; durations in nanoseconds. */
const policyOf = (config: JsonValue | undefined) =>
  (config ?? {}) as { Monitor?: number; Delay?: number; Parallelism?: number }

const monitorMs = ({ Monitor = 0 }: { Monitor?: number }): number =>
  Monitor === 0 ? defaultMonitorMs : Monitor / 1e6

/** Without an update, nothing monitors the tasks; a long `monitor` is for updates. */
const verifyMs = ({ UpdateConfig }: SwarmService['spec']): number =>
  Math.min(monitorMs(policyOf(UpdateConfig)), defaultMonitorMs)

function updateMs(config: JsonValue | undefined, wanted: number): number {
  const policy = policyOf(config)
  const rounds = policy.Parallelism ? Math.ceil(wanted / policy.Parallelism) : 1
  return rounds * (monitorMs(policy) + (policy.Delay ?? 0) / 1e6)
}
