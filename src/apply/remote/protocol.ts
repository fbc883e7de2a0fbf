/**
 * Requests to desktop on another host (`desktop host-agent`), one JSON value per line over ssh. Both ends are the same
 * version. A reply is checked before use: the other host may be compromised.
 */
import * as v from 'valibot'
import type { Desired } from '../../config/desired.ts'
import { hostIdPattern } from '../../host/host-id.ts'
import type { Group } from '../../reconcile/only.ts'
import { machineOperationKinds, type Operation, type OperationId, type Plan } from '../../reconcile/plan.ts'
import type { SignatureRules } from '../../signatures/required.ts'
import type { SupervisorFacts } from '../../supervisor/api/api.ts'
import type { PlaceThere } from '../environment/known-hosts.ts'
import type { UnreadableMachine } from '../environment/left-machines.ts'
import type { OperationEvent } from '../history/outcome.ts'
import type { MachineFacts } from '../plan/machine-facts.ts'
import type { Violation } from '../plan/policy.ts'
import type { HowToStop, Stopped } from '../run/stop.ts'

/** A machine as its file describes it. */
export interface MachineRequest {
  desired: Desired
  configHash: string
  /** Owners whose machine the file may change; the first is its own. */
  owners: readonly string[]
  /** Text of desktop.lock. */
  lock: string | null
  signatures: SignatureRules | null
}

/** End of an apply, for the machine's history there. */
export interface AppliedMachine {
  results: Readonly<Record<string, 'done' | 'failed' | 'skipped' | 'unknown'>>
  errors: readonly { id: string; message: string }[]
  milliseconds: Readonly<Record<string, number>>
  result: 'applied' | 'incomplete' | 'interrupted'
  totalMs: number
}

/** Call → its argument. */
export interface Requests {
  hello: Record<string, never>
  lock: { name: string; command: string; timeoutMs: number }
  unlock: { name: string }
  /** `offline`: the plan must not need the network. */
  assess: { machine: MachineRequest; only: readonly Group[]; offline: boolean }
  status: { machine: MachineRequest }
  begin: { name: string; operations: readonly Operation[]; offline: boolean; engineMs: number | null }
  step: { name: string; operations: readonly Operation[] }
  event: { name: string; event: OperationEvent }
  end: { name: string; applied: AppliedMachine }
  left: { cluster: string; owners: readonly string[]; kept: readonly string[] }
  places: { names: readonly string[] }
  /** Opens a socket that greets: see forwarding.ts. */
  probe: Record<string, never>
  stop: { name: string; owners: readonly string[]; how: HowToStop }
  destroy: { name: string; owners: readonly string[] }
}
export type RequestName = keyof Requests

/** A machine's plan, and what the plan of all machines needs of it. */
export interface AssessedThere extends MachineFacts {
  plan: Plan
  violations: readonly Violation[]
  environmentId: string | null
  bootId: string
  observedHash: string
}

/** Status of a machine. */
export interface StatusThere {
  /** As for a machine here, so that both are compared with the file in the same way. */
  plan: Plan
  ports: SupervisorFacts['ports']
  isApplied: boolean
  /** What `desktop status --json` prints there; its reader checks it (schemas/status.schema.json). */
  document: Record<string, unknown>
}

/** Call → its value. */
export interface Replies {
  hello: { toolVersion: string; apiVersion: number; hostId: string }
  lock: null
  unlock: null
  assess: AssessedThere
  status: StatusThere
  begin: null
  step: null
  event: null
  end: null
  left: { names: string[]; unreadable: UnreadableMachine[] }
  places: Record<string, PlaceThere>
  probe: { socket: string }
  /** null: there is no such environment. */
  stop: Stopped | null
  /** False: there was no such environment. */
  destroy: boolean
}

const text = v.string()
const count = v.pipe(v.number(), v.minValue(0))
const place = v.object({ file: text, line: count, column: count })
/** JSON leaves undefined values out. */
const cause = v.pipe(
  v.object({ path: text, from: v.optional(text), to: v.optional(text), at: v.exactOptional(place) }),
  v.transform(({ from, to, ...rest }) => ({ ...rest, from, to })),
)
/** Steps of other kinds run on this host: on the swarm, on its stacks, and to remove machines. */
const kind = v.picklist(machineOperationKinds)
/** The ids of a machine's own plan do not begin with a machine. */
const operationId = v.custom<OperationId>(
  (value) => typeof value === 'string' && !/^[a-z][a-z0-9-]*\.\d+\//.test(value),
)

const operation = v.pipe(
  v.object({
    id: operationId,
    kind,
    subject: text,
    effect: v.picklist(['live', 'reload', 'restart-engine', 'restart-vm', 'recreate']),
    causes: v.array(cause),
    interruption: v.variant('kind', [
      v.object({ kind: v.literal('none') }),
      v.object({ kind: v.literal('containers'), names: v.array(text), graceSeconds: v.exactOptional(count) }),
      v.object({ kind: v.literal('unknown') }),
    ]),
    asFound: v.exactOptional(v.literal(true)),
    consent: v.optional(v.literal('recreate:disk')),
    after: v.array(operationId),
  }),
  v.check(({ id, kind }) => id === kind || id.startsWith(`${kind}/`), 'id of another kind'),
  v.transform(({ consent, ...rest }) => ({ ...rest, consent })),
)

const note = v.object({
  level: v.picklist(['info', 'warning', 'error']),
  about: text,
  message: text,
  hint: v.exactOptional(text),
  at: v.exactOptional(place),
  code: v.exactOptional(v.picklist(['host/no-space', 'host/storage'])),
  drift: v.exactOptional(v.literal(true)),
})

const violation = v.object({
  rule: text,
  severity: v.picklist(['error', 'warn']),
  message: text,
  path: v.exactOptional(text),
  from: text,
  at: v.exactOptional(v.object({ ...place.entries, frame: v.exactOptional(text) })),
})

const port = v.custom<SupervisorFacts['ports'][number]>((value) =>
  v.is(v.looseObject({ id: text, owner: text, state: text }), value),
)

const plan = v.object({
  operations: v.array(operation),
  atBoot: v.exactOptional(v.array(operation)),
  notes: v.array(note),
  unchanged: count,
})

const assessed: v.GenericSchema<unknown, AssessedThere> = v.object({
  plan,
  violations: v.array(violation),
  environmentId: v.nullable(text),
  bootId: text,
  observedHash: text,
  hostMemoryBytes: count,
  isRunning: v.boolean(),
  isEngineUp: v.boolean(),
  ports: v.array(port),
})

const name = v.pipe(text, v.regex(/^[a-z0-9][a-z0-9._-]*$/))
const absolute = v.pipe(text, v.startsWith('/'))

const stopped = v.variant('now', [
  v.object({ now: v.picklist(['off', 'was-off', 'was-suspended', 'discarded']) }),
  v.object({ now: v.literal('off-instead'), reason: text }),
  v.object({ now: v.literal('suspended'), bytes: count, milliseconds: count }),
])

const done = v.null()

export const replies: { readonly [Name in RequestName]: v.GenericSchema<unknown, Replies[Name]> } = {
  hello: v.object({
    toolVersion: text,
    apiVersion: v.number(),
    hostId: v.pipe(text, v.regex(hostIdPattern)),
  }),
  lock: done,
  unlock: done,
  assess: assessed,
  status: v.object({
    plan,
    ports: v.array(port),
    isApplied: v.boolean(),
    document: v.record(text, v.unknown()),
  }),
  begin: done,
  step: done,
  event: done,
  end: done,
  left: v.object({ names: v.array(name), unreadable: v.array(v.object({ name, reason: text })) }),
  places: v.record(text, v.object({ control: absolute, docker: absolute })),
  probe: v.object({ socket: absolute }),
  stop: v.nullable(stopped),
  destroy: v.boolean(),
}

export interface Failure {
  code: string
  message: string
  hint?: string
}

/** A line from the agent. */
export type AgentLine =
  | { type: 'value'; id: number; value: unknown }
  /** `parts`: failures by operation, if a batch failed in part. */
  | { type: 'failure'; id: number; failure: Failure; parts?: Record<string, Failure> }
  | { type: 'progress'; id: number; progress: { step: string; message: string } & Record<string, unknown> }

const failure = v.object({ code: text, message: text, hint: v.exactOptional(text) })

export const agentLine: v.GenericSchema<unknown, AgentLine> = v.variant('type', [
  v.object({ type: v.literal('value'), id: count, value: v.unknown() }),
  v.object({
    type: v.literal('failure'),
    id: count,
    failure,
    parts: v.exactOptional(v.record(text, failure)),
  }),
  v.object({
    type: v.literal('progress'),
    id: count,
    progress: v.looseObject({ step: text, message: text }),
  }),
])

/** A line to the agent. */
export interface RequestLine {
  id: number
  call: RequestName
  argument: unknown
}

export const isRequestName = (name: string): name is RequestName => Object.hasOwn(replies, name)
