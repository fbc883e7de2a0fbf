/**
 * A plan is a value: operations with stable ids and dependencies, topologically sorted. This folder executes nothing.
 */
import type { Effect } from '../config/effects.ts'

/** Least to most disruptive. */
export type EffectClass = Effect
export const effectClasses: readonly EffectClass[] = [
  'live',
  'reload',
  'restart-engine',
  'restart-vm',
  'recreate',
]

/** Reason for an operation. Values are human-readable and never contain secrets. */
export interface Cause {
  /** Key of desktop.yaml, e.g. `vm.memory`; if no key applies, the resource, e.g. `supervisor`. */
  path: string
  /** undefined = no value. */
  from: string | undefined
  to: string | undefined
  /** Location of the value; absent for defaults and removed keys. */
  at?: Place
}

/** Location in the layer that sets the value, 1-based; `file` as given by the user, or `--set`. */
export interface Place {
  file: string
  line: number
  column: number
}

/** Containers that stop while the operation runs. */
export type Interruption =
  | { kind: 'none' }
  /** Running containers that stop; empty if none are running. */
  | {
      kind: 'containers'
      names: readonly string[]
      /** Grace period before SIGKILL. */
      graceSeconds?: number
    }
  /** The engine could not be queried. */
  | { kind: 'unknown' }

/** Operation and resource type. The executor has one step per kind. */
export type OperationKind = MachineOperationKind | ClusterOperationKind

/** Operations on a multi-machine environment. */
export type ClusterOperationKind = 'machine/remove' | SwarmOperationKind | StackOperationKind

/** Operations on stacks of the swarm. `stack/provide` creates what services use. */
export type StackOperationKind = 'stack/provide' | 'stack/create' | 'stack/update' | 'stack/remove'

/** Operations on swarm nodes. */
export type SwarmOperationKind =
  | 'swarm/init'
  | 'swarm/join'
  | 'swarm/promote'
  | 'swarm/demote'
  | 'swarm/labels'
  | 'swarm/drain'
  | 'swarm/ready'
  | 'swarm/leave'
  | 'swarm/remove'

/** Operations in a machine's own plan: the only ones that its host may plan. */
export const machineOperationKinds = [
  'packages/install',
  'supervisor/start',
  'supervisor/replace',
  'image/build',
  'disk/create',
  'disk/grow',
  'disk/recreate',
  'network/set',
  'dns/set',
  'egress/set',
  'peers/set',
  'ports/listen',
  'ports/close',
  'publish/set',
  'names/set',
  'ssh-agent/forward',
  'ssh-agent/stop',
  'socket/set',
  'context/set',
  'context/remove',
  'vm/stop',
  'vm/start',
  'vm/resume',
  'engine/ready',
  'engine/restart',
  'daemon/reload',
  'daemon/restart',
  'sysctl/set',
  'swap/set',
  'platforms/set',
  'shares/mount',
  'guest/write',
  'guest/network',
  'guest/clock',
] as const
export type MachineOperationKind = (typeof machineOperationKinds)[number]

/**
 * The kind, plus the resource if there can be several: `ports/listen/tcp/127.0.0.1:9000`. With `vms`, prefixed with the
 * machine.
 */
export type OperationId = OwnOperationId | `${string}.${number}/${OwnOperationId}`
type OwnOperationId = OperationKind | `${OperationKind}/${string}`

export interface Operation {
  /** Stable: the same change of the same resource has the same id in every plan. */
  id: OperationId
  /** Machine of `vms`; the id is then prefixed with it: `m.2/vm/start`. */
  machine?: string
  kind: OperationKind
  /** Display name: `memory`, `127.0.0.1:9000/tcp`. */
  subject: string
  effect: EffectClass
  causes: readonly Cause[]
  interruption: Interruption
  /** Planned without access to the guest: the step inspects it first and makes only the necessary changes. */
  asFound?: true
  /** Set if data is lost: the name to pass to `--allow`. */
  consent: ConsentName | undefined
  /** Dependencies, as far as they are in this plan. */
  after: readonly OperationId[]
}

export type ConsentName = 'recreate:disk' | 'remove:machine'

/** Information for the user that no operation changes, e.g. why the VM is emulated. */
export interface Note {
  level: 'info' | 'warning' | 'error'
  about: string
  message: string
  hint?: string
  /** Location of the value. */
  at?: Place
  /** Code of the blocking error, if not `plan/blocked`. */
  code?: 'host/no-space' | 'host/storage'
  /** Drift that no operation can repair. */
  drift?: true
}

export interface Plan {
  /** Topologically sorted. */
  operations: readonly Operation[]
  /**
   * Differences in the running guest that the planned restart removes; operations if the restart is left out.
   * Absent if there are none.
   */
  atBoot?: readonly Operation[]
  notes: readonly Note[]
  /** Number of resources in sync with the file. */
  unchanged: number
}

export interface Identity {
  toolVersion: string
  environment: string
  /**
   * Constant for the life of the environment; null before its first apply. Saved plans of other environments are
   * rejected.
   */
  environmentId: string | null
  bootId: string
  configHash: string
  observedHash: string
}

/** Whether the operation may be in a machine's own plan. */
export const isMachineOperation = ({ kind }: Pick<Operation, 'kind'>): boolean =>
  machineOperationKinds.some((one) => one === kind)

/** The most disruptive effect of the plan; undefined if there are no operations. */
export function worstEffect(plan: Plan): EffectClass | undefined {
  let worst = -1
  for (const operation of plan.operations) worst = Math.max(worst, effectClasses.indexOf(operation.effect))
  return effectClasses[worst]
}
