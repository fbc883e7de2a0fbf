/** Common interface of resources: compare desired with observed state, and return operations. */
import type { Observed } from '../../observe/observed.ts'
import type { Cause, Note, Operation } from '../plan.ts'
import type { Target } from '../target.ts'

export interface Diff {
  operations: readonly Operation[]
  notes?: readonly Note[]
  /** Number of resources already in sync. */
  unchanged: number
}

/** Planned VM action; if it starts, other resources take effect at boot. */
export type VmAction =
  | { action: 'keep' }
  /** `stops`: containers of a suspended VM whose state is discarded. */
  | { action: 'start'; causes: readonly Cause[]; stops?: readonly string[] }
  | { action: 'resume'; causes: readonly Cause[] }
  | { action: 'restart'; causes: readonly Cause[] }

export type Resource = (target: Target, observed: Observed, vm: VmAction) => Diff

/** Whether the guest keeps its state and needs live changes; a booting VM gets them at boot. */
export const goesOn = ({ action }: VmAction): boolean => action === 'keep' || action === 'resume'

export const inSync: Diff = { operations: [], unchanged: 1 }

/** Nothing to compare: the resource does not apply to this target. */
export const notApplicable: Diff = { operations: [], unchanged: 0 }

type Draft = Pick<Operation, 'kind' | 'subject' | 'causes'> & Partial<Operation>

/** An operation with the most common values: live, no interruption, no consent. */
export function operation(draft: Draft): Operation {
  return {
    id: draft.kind,
    effect: 'live',
    interruption: { kind: 'none' },
    consent: undefined,
    after: [],
    ...draft,
  }
}

export const change = (operations: readonly Operation[], notes: readonly Note[] = []): Diff => ({
  operations,
  notes,
  unchanged: 0,
})

export const missing = (path: string, to: string): Cause => ({ path, from: undefined, to })
