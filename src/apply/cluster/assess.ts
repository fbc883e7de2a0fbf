/** Assesses all machines of a file, and combines their plans into one. */
import { formatBytes } from '../../config/units.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { bootId } from '../../host/identity.ts'
import { locateEnvironment } from '../../host/locate.ts'
import { type ObservedStacks, observeStacks } from '../../observe/stacks.ts'
import { type ObservedSwarm, observeSwarm } from '../../observe/swarm.ts'
import { clusterPlan } from '../../reconcile/cluster.ts'
import type { Group } from '../../reconcile/only.ts'
import type { Note, Plan } from '../../reconcile/plan.ts'
import { withoutStandby } from '../../reconcile/swarm/standby.ts'
import { withSwarm } from '../../reconcile/swarm/swarm.ts'
import { toolVersion } from '../../version.ts'
import { folderOf } from '../environment/claim.ts'
import type { Environment } from '../environment/environment.ts'
import { readRecord } from '../environment/record.ts'
import { withPlaces } from '../plan/assess.ts'
import { hashOf, type PlanDocument, planDocument } from '../plan/document.ts'
import { refuseHosts, type Violation } from '../plan/policy.ts'
import type { HostSessions } from '../remote/sessions.ts'
import { type AssessedMachines, assessMachines } from './hosts.ts'
import { type ClusterMachine, withGroups, withMachinePlan } from './machine.ts'
import { type RemovedMachine, removedMachines } from './removed.ts'
import { withSecretDigests } from './stack/secret-digest.ts'
import { renderStacks, type Stacks, stableStacks, withRenderedStacks } from './stack/stacks.ts'
import { machineName, memberOf, stableSwarm, standbyOf, swarmPlaces } from './swarm.ts'

export interface ClusterAssessment {
  /** Name of the file's environment. */
  name: string
  /** In file order. */
  machines: readonly ClusterMachine[]
  /** On hosts that are unreachable. */
  unknown: readonly Environment[]
  /** Machines no longer in the file. */
  removed: readonly RemovedMachine[]
  plan: PlanDocument
  violations: readonly Violation[]
  stacks: Stacks
}

/** Whether the file has `vms` and the command addresses all of them. */
export const isCluster = (environments: readonly Environment[], { machine }: { machine?: string }): boolean =>
  machine === undefined && environments[0]?.desired.machine !== undefined

export async function assessCluster(
  environments: readonly Environment[],
  wanted: readonly Group[],
  sessions: HostSessions,
  { offline = false }: { offline?: boolean } = {},
): Promise<ClusterAssessment> {
  const [first] = environments
  const name = first?.desired.machine?.cluster
  if (first === undefined || name === undefined) throw new Error('the file has no machines')
  await refuseSingle(name, first)
  await refuseHosts(environments)
  const [found, rendered] = await Promise.all([
    assessMachines(environments, { only: wanted, offline }, sessions),
    renderStacks(first),
  ])
  const all = withoutStandbyPorts(found.machines)
  const machines = all.map((one) => withGroups(one, wanted))
  const isWhole = wanted.length === 0 || wanted.includes('machine')
  const left = isWhole
    ? await removedMachines(name, environments, found, sessions)
    : { removed: [], notes: [] }
  // A machine stays where it was until its new host is reachable.
  const lost = new Set(found.unknown.map(machineName))
  const removed = left.removed.filter(({ machine }) => !lost.has(machine))
  const joined = clusterPlan(
    machines.map(({ environment, plan }) => ({
      machine: machineName(environment),
      host: environment.host?.name,
      plan,
    })),
    removed,
    [...found.notes, ...left.notes, ...memoryNotes(all)],
  )
  const {
    swarm,
    live,
    stacks,
    plan: whole,
  } = await withSwarmOf(joined, environments, { ...found, machines: all }, { removed, wanted, rendered })
  const plan = withPlaces(whole, first.origins)
  const violations = distinct(machines.flatMap((one) => one.violations))
  const documents = all.map(({ document }) => document)
  const ids = [
    ...documents.map(({ environmentId }) => environmentId),
    ...removed.map(({ environmentId }) => environmentId),
  ]
  return {
    name,
    machines,
    unknown: found.unknown,
    removed,
    violations,
    stacks,
    plan: planDocument(plan, violations, {
      toolVersion,
      environment: name,
      environmentId: ids.every((id) => id === null) ? null : hashOf(ids),
      bootId: bootId(),
      configHash: first.configHash,
      observedHash: hashOf([
        ...documents.map(({ observedHash }) => observedHash),
        stableSwarm(swarm),
        ...stableStacks(rendered, live),
      ]),
    }),
  }
}

interface SwarmWish {
  removed: readonly RemovedMachine[]
  wanted: readonly Group[]
  rendered: Stacks
}

interface SwarmPlan {
  swarm: ObservedSwarm
  live: ObservedStacks
  stacks: Stacks
  plan: Plan
}

/** The plan with operations on the swarm and its stacks. */
async function withSwarmOf(
  joined: Plan,
  environments: readonly Environment[],
  { machines, unknown }: AssessedMachines,
  { removed, wanted, rendered }: SwarmWish,
): Promise<SwarmPlan> {
  const isWanted = (group: Group): boolean => wanted.length === 0 || wanted.includes(group)
  const up = new Set(
    machines.filter(({ isEngineUp }) => isEngineUp).map(({ environment }) => machineName(environment)),
  )
  const places = swarmPlaces(environments, up)
  const swarm = await observeSwarm(places)
  const live = await observeStacks(places, swarm, rendered.stacks.length > 0)
  const stacks = withSecretDigests(rendered, live)
  const members = environments.map(memberOf)
  const lost = new Set(unknown.map(machineName))
  // A machine that moves to another host is still a member.
  const names = new Set(members.map(({ machine }) => machine))
  const gone = removed.map(({ machine }) => machine)
  const left = gone.filter((machine) => !names.has(machine))
  const moved = gone.filter((machine) => names.has(machine))
  const formed = withSwarm(joined, {
    ...{ members, observed: swarm, left, moved, lost },
    isWhole: isWanted('swarm'),
  })
  const reachableFirst = members.toSorted((a, b) => Number(lost.has(a.machine)) - Number(lost.has(b.machine)))
  const plan = isWanted('stack')
    ? withRenderedStacks(formed, stacks, { members: reachableFirst, observed: live })
    : formed
  return { swarm, live, stacks, plan }
}

function withoutStandbyPorts(all: readonly ClusterMachine[]): readonly ClusterMachine[] {
  const ids = standbyOf(all.map(({ environment, ports }) => ({ host: environment.host?.name, ports })))
  return all.map((one, index) => {
    const plan = withoutStandby(one.plan, ids[index] ?? new Set())
    return plan === one.plan ? one : withMachinePlan(one, plan)
  })
}

/** Refuses to leave behind the environment, and disk, of a file that used `vm` until now. */
async function refuseSingle(name: string, { file }: Environment): Promise<void> {
  const record = await readRecord((await locateEnvironment(name)).record).catch(() => undefined)
  if (record?.file === undefined || file === undefined || folderOf(record.file) !== folderOf(file)) return
  throw new DesktopError('plan/blocked', `${name} is the single VM that this file had before vms`, {
    hint: `save what it holds, then remove it with \`desktop destroy ${name}\``,
  })
}

/** Machines may each fit in the memory of their host but not all together. */
function memoryNotes(all: readonly ClusterMachine[]): Note[] {
  const names = new Set(all.map(({ environment }) => environment.host?.name))
  return [...names].flatMap((name) =>
    memoryNote(
      name,
      all.filter(({ environment }) => environment.host?.name === name),
    ),
  )
}

function memoryNote(name: string | undefined, all: readonly ClusterMachine[]): Note[] {
  const starting = all.filter(({ plan }) => plan.operations.some(({ id }) => id === 'vm/start'))
  const host = all[0]?.hostMemoryBytes
  if (starting.length === 0 || host === undefined) return []
  const running = all.filter((one) => starting.includes(one) || one.isRunning)
  const bytes = running.reduce((sum, { environment }) => sum + environment.desired.vm.memoryBytes, 0)
  // A single machine that is too large has its own note.
  if (bytes <= host || running.length < 2) return []
  const origin = all[0]?.environment.origins?.of(['vms'])
  const whole = (value: number): string => formatBytes(Math.floor(value / 2 ** 20) * 2 ** 20)
  return [
    {
      level: 'error',
      about: 'vms',
      message: `${running.length} machines have ${whole(bytes)} of memory together, and ${name ?? 'this host'} has ${whole(host)}`,
      hint: 'lower memory or count',
      ...(origin === undefined
        ? {}
        : { at: { file: origin.file, line: origin.line, column: origin.column } }),
    },
  ]
}

function distinct(violations: readonly Violation[]): Violation[] {
  return [...new Map(violations.map((one) => [JSON.stringify(one), one])).values()]
}
