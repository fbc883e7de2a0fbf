/** The plan of all machines, with the operations of the stacks in their swarm. Pure. */
import { observedValue } from '../../observation.ts'
import type { LiveObjects, ObservedStacks } from '../../observe/stacks.ts'
import { orderOperations } from '../order.ts'
import type { Note, Operation, OperationId, Plan } from '../plan.ts'
import { stackLabel } from './service-keys.ts'
import { type StackDiff, stackDiff } from './stack-diff.ts'
import type { RefusedStack, WantedStack } from './wanted.ts'

interface StacksInputs {
  /** The manager whose plan shows the operations. */
  machine: string
  stacks: readonly (WantedStack | RefusedStack)[]
  observed: ObservedStacks
}

const about = 'swarm.stack'

export function withStacks(plan: Plan, { machine, stacks, observed }: StacksInputs): Plan {
  const swarm = plan.operations.filter(({ kind }) => kind.startsWith('swarm/') && kind !== 'swarm/remove')
  const isNew = swarm.some(({ kind }) => kind === 'swarm/init')
  const live = isNew ? nothing : observedValue(observed)
  const after = swarm.map(({ id }) => id)
  const diffs = stacks.map((stack): StackDiff => {
    if ('refused' in stack) return { operations: [], notes: [stack.refused], unchanged: 0 }
    if (live !== undefined) return stackDiff(stack, live, { machine, after })
    const message = `the stack ${stack.name} is not compared: ${reasonOf(observed)}`
    return { operations: [], notes: [{ level: 'info', about, message }], unchanged: 0 }
  })
  const operations = diffs.flatMap((diff) => diff.operations)
  return {
    operations: orderOperations([...plan.operations, ...unique(operations)]),
    notes: [
      ...plan.notes,
      ...diffs.flatMap(({ notes }) => notes),
      ...shared(operations),
      ...(live === undefined ? [] : left(stacks, live, machine)),
    ],
    unchanged: plan.unchanged + diffs.reduce((sum, { unchanged }) => sum + unchanged, 0),
  }
}

const nothing: LiveObjects = { services: [], networks: [], configs: [], secrets: [] }

const reasonOf = (observed: ObservedStacks): string =>
  observed.state === 'unknown' ? observed.reason : 'no manager answers'

const unique = (operations: readonly Operation[]): Operation[] => [
  ...new Map(operations.map((one) => [one.id, one])).values(),
]

/** Objects with a name of their own may be in two stacks. */
function shared(operations: readonly Operation[]): Note[] {
  const seen = new Set<OperationId>()
  return operations.flatMap(({ id, subject }): Note[] => {
    if (!seen.has(id)) {
      seen.add(id)
      return []
    }
    return [
      { level: 'error', about, message: `two stacks have the ${subject}`, hint: 'rename one of the two' },
    ]
  })
}

/** Stacks without a file, deployed manually or removed from desktop.yaml. */
function left(stacks: readonly { name: string }[], { services }: LiveObjects, machine: string): Note[] {
  const own = new Set(stacks.map(({ name }) => name))
  const others = new Set(services.flatMap(({ labels }) => labels[stackLabel] ?? []))
  return [...others]
    .filter((name) => !own.has(name))
    .sort()
    .map((name) => ({
      level: 'info',
      about,
      message: `the stack ${name} is not in the file; it is left alone`,
      hint: `to remove it: desktop docker ${machine} -- stack rm ${name}`,
    }))
}
