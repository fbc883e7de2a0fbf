/** Restricts a plan to some groups of operations and their dependencies. */
import { withoutRestart } from './at-boot.ts'
import type { Operation, OperationKind, Plan } from './plan.ts'

/** First part of an operation's kind. */
export type Group = OperationKind extends infer Kind
  ? Kind extends `${infer First}/${string}`
    ? First
    : never
  : never

/** The compiler checks that each group is listed once. */
const known: Readonly<Record<Group, true>> = {
  packages: true,
  supervisor: true,
  image: true,
  disk: true,
  network: true,
  dns: true,
  egress: true,
  peers: true,
  machine: true,
  swarm: true,
  stack: true,
  ports: true,
  publish: true,
  names: true,
  'ssh-agent': true,
  socket: true,
  context: true,
  vm: true,
  engine: true,
  daemon: true,
  sysctl: true,
  swap: true,
  platforms: true,
  shares: true,
  guest: true,
}

export const groups: readonly Group[] = Object.keys(known) as Group[]

/** Operations that belong together: a machine stopped for a change is started again. */
const together: Readonly<Record<string, readonly string[]>> = {
  'vm/stop': ['vm/start'],
  'vm/start': ['engine/ready'],
}

/** Operations of these groups with their dependencies, in plan order. No groups = all operations. */
export function only(plan: Plan, wanted: readonly Group[]): Plan {
  if (wanted.length === 0) return plan
  const byId = new Map<string, Operation>(plan.operations.map((operation) => [operation.id, operation]))
  const chosen = new Set<string>()
  const choose = (operation: Operation | undefined): void => {
    if (operation === undefined || chosen.has(operation.id)) return
    chosen.add(operation.id)
    for (const id of [...operation.after, ...(together[operation.kind] ?? [])]) choose(byId.get(id))
  }
  const isWanted = (operation: Operation): boolean => wanted.some((group) => isIn(operation, group))
  for (const operation of plan.operations) if (isWanted(operation)) choose(operation)
  const kept = plan.operations.filter(({ id }) => chosen.has(id))
  return withoutRestart(plan, kept, isWanted)
}

const isIn = ({ kind }: Operation, group: Group): boolean => kind.startsWith(`${group}/`)
