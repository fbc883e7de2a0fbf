/**
 * A plan is a value: operations with stable ids, in an order that may be walked as a graph. Nothing in it
 * is done by this folder.
 */
import type { Effect } from '../config/effects.ts'

/** Least to most disruptive (architecture rule 4). */
export type EffectClass = Effect
export const effectClasses: readonly EffectClass[] = [
  'live',
  'reload',
  'restart-engine',
  'restart-vm',
  'recreate',
]

/** Why an operation is in the plan. Values are texts fit for a person; secrets never get here. */
export interface Cause {
  /** Key of desktop.yaml, e.g. `vm.memory`; for what no key decides, the thing itself, e.g. `supervisor`. */
  path: string
  /** undefined = there is none. */
  from: string | undefined
  to: string | undefined
  /** Where the value is written; absent for a default and for what left the file. */
  at?: Place
}

/** 1-based, in the layer that decided; `file` is as the user named it, `--set` for an argument. */
export interface Place {
  file: string
  line: number
  column: number
}

/** What stops while the operation runs. */
export type Interruption =
  | { kind: 'none' }
  /** These running containers stop; empty = none runs now. */
  | {
      kind: 'containers'
      names: readonly string[]
      /** They are killed after this time. */
      graceSeconds?: number
    }
  /** The engine could not be asked. */
  | { kind: 'unknown' }

/** What is to be done to what. The executor has one step per kind. */
export type OperationKind = MachineOperationKind | ClusterOperationKind

/** Of what several machines are together. */
export type ClusterOperationKind = 'machine/remove' | SwarmOperationKind

/** Of the nodes of a swarm. */
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

export type MachineOperationKind =
  | 'packages/install'
  | 'supervisor/start'
  | 'supervisor/replace'
  | 'image/build'
  | 'disk/create'
  | 'disk/grow'
  | 'disk/recreate'
  | 'network/set'
  | 'dns/set'
  | 'egress/set'
  | 'peers/set'
  | 'ports/listen'
  | 'ports/close'
  | 'publish/set'
  | 'names/set'
  | 'ssh-agent/forward'
  | 'ssh-agent/stop'
  | 'socket/set'
  | 'context/set'
  | 'context/remove'
  | 'vm/stop'
  | 'vm/start'
  | 'vm/resume'
  | 'engine/ready'
  | 'engine/restart'
  | 'daemon/reload'
  | 'daemon/restart'
  | 'sysctl/set'
  | 'swap/set'
  | 'platforms/set'
  | 'shares/mount'
  | 'guest/write'
  | 'guest/network'
  | 'guest/clock'

/** The kind, and the thing where there may be several: `ports/listen/tcp/127.0.0.1:9000`. Of `vms`, behind the machine. */
export type OperationId = OwnOperationId | `${string}.${number}/${OwnOperationId}`
type OwnOperationId = OperationKind | `${OperationKind}/${string}`

export interface Operation {
  /** Stable: the same change of the same thing has the same id in every plan. */
  id: OperationId
  /** Of `vms`; the id then begins with it: `m.2/vm/start`. */
  machine?: string
  kind: OperationKind
  /** What a person calls it: `memory`, `127.0.0.1:9000/tcp`. */
  subject: string
  effect: EffectClass
  causes: readonly Cause[]
  interruption: Interruption
  /** Planned without a view into the guest: the step looks first, and does the least that it needs. */
  asFound?: true
  /** Data is lost; the name to be said with `--allow`. */
  consent: ConsentName | undefined
  /** Operations that come first, those of them that this plan has. */
  after: readonly OperationId[]
}

export type ConsentName = 'recreate:disk' | 'remove:machine'

/** Something that a person should know and that no operation changes, e.g. why the VM is emulated. */
export interface Note {
  level: 'info' | 'warning' | 'error'
  about: string
  message: string
  hint?: string
  /** Where its value is written. */
  at?: Place
  /** Of the error that refuses the plan, where it is not `plan/blocked`. */
  code?: 'host/no-space' | 'host/storage'
  /** Reality differs from the file, and no operation can change that. */
  drift?: true
}

export interface Plan {
  /** In an order in which they may run one after the other. */
  operations: readonly Operation[]
  notes: readonly Note[]
  /** Things that are in sync with the file. */
  unchanged: number
}

export interface Identity {
  toolVersion: string
  environment: string
  /** Kept for the life of an environment, null before its first apply; a saved plan of another one is refused. */
  environmentId: string | null
  bootId: string
  configHash: string
  observedHash: string
}

/** The most disruptive effect of the plan, or undefined when there is nothing to do. */
export function worstEffect(plan: Plan): EffectClass | undefined {
  let worst = -1
  for (const operation of plan.operations) worst = Math.max(worst, effectClasses.indexOf(operation.effect))
  return effectClasses[worst]
}
