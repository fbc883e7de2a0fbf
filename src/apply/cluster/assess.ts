/** Assesses all machines of a file, and combines their plans into one. */
import { formatBytes } from '../../config/units.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { locateEnvironment } from '../../host/locate.ts'
import { observedValue } from '../../observation.ts'
import { observeStacks } from '../../observe/stacks.ts'
import { observeSwarm } from '../../observe/swarm.ts'
import { clusterPlan } from '../../reconcile/cluster.ts'
import type { Group } from '../../reconcile/only.ts'
import type { Note } from '../../reconcile/plan.ts'
import { withoutStandby } from '../../reconcile/swarm/standby.ts'
import { withSwarm } from '../../reconcile/swarm/swarm.ts'
import type { Environment } from '../environment/environment.ts'
import { type LeftMachine, leftMachines } from '../environment/left-machines.ts'
import { readRecord } from '../environment/record.ts'
import { type Assessment, assess, narrowed, withPlaces, withPlan } from '../plan/assess.ts'
import { hashOf, type PlanDocument, planDocument } from '../plan/document.ts'
import type { Violation } from '../plan/policy.ts'
import { withSecretDigests } from './stack/secret-digest.ts'
import { renderStacks, type Stacks, stableStacks, withRenderedStacks } from './stack/stacks.ts'
import { machineName, memberOf, stableSwarm, standbyOf, swarmPlaces } from './swarm.ts'

export interface ClusterAssessment {
  /** Name of the file's environment. */
  name: string
  /** In file order. */
  machines: readonly Assessment[]
  /** Machines no longer in the file. */
  removed: readonly LeftMachine[]
  plan: PlanDocument
  violations: readonly Violation[]
  stacks: Stacks
}

/** Whether the file has `vms` and the command addresses all of them. */
export const isCluster = (environments: readonly Environment[], { machine }: { machine?: string }): boolean =>
  machine === undefined && environments[0]?.desired.machine !== undefined

export async function assessCluster(
  environments: readonly Environment[],
  wanted: readonly Group[] = [],
): Promise<ClusterAssessment> {
  const [first] = environments
  const name = first?.desired.machine?.cluster
  if (first === undefined || name === undefined) throw new Error('the file has no machines')
  await refuseSingle(name, first)
  const rendering = renderStacks(first)
  const all = withoutStandbyPorts(await Promise.all(environments.map(assess)))
  const machines = all.map((one) => narrowed(one, wanted))
  const kept = environments.map(({ desired }) => desired.name)
  const isWhole = wanted.length === 0 || wanted.includes('machine')
  const removed = isWhole ? await leftMachines(name, first, kept) : []
  const left = removed.map(({ machine }) => machine)
  const joined = clusterPlan(
    machines.map(({ environment, plan }) => ({ machine: machineName(environment), plan })),
    left,
    memoryNotes(all),
  )
  const places = swarmPlaces(all)
  const swarm = await observeSwarm(places)
  const rendered = await rendering
  const live = await observeStacks(places, swarm, rendered.stacks.length > 0)
  const stacks = withSecretDigests(rendered, live)
  const members = environments.map(memberOf)
  const isOfSwarm = wanted.length === 0 || wanted.includes('swarm')
  const formed = withSwarm(joined, { members, observed: swarm, left, isWhole: isOfSwarm })
  const isOfStacks = wanted.length === 0 || wanted.includes('stack')
  const deployed = isOfStacks ? withRenderedStacks(formed, stacks, { members, observed: live }) : formed
  const plan = withPlaces(deployed, first.origins)
  const violations = distinct(machines.flatMap((one) => one.violations))
  const documents = all.map(({ document }) => document)
  const ids = [
    ...documents.map(({ environmentId }) => environmentId),
    ...removed.map(({ record }) => record.id),
  ]
  const [document] = documents
  if (document === undefined) throw new Error('no machine was looked at')
  return {
    name,
    machines,
    removed,
    violations,
    stacks,
    plan: planDocument(plan, violations, {
      toolVersion: document.toolVersion,
      environment: name,
      environmentId: ids.every((id) => id === null) ? null : hashOf(ids),
      bootId: document.bootId,
      configHash: document.configHash,
      observedHash: hashOf([
        ...documents.map(({ observedHash }) => observedHash),
        stableSwarm(swarm),
        ...stableStacks(rendered, live),
      ]),
    }),
  }
}

function withoutStandbyPorts(all: readonly Assessment[]): readonly Assessment[] {
  const ids = standbyOf(all.map(({ observed }) => observed))
  return all.map((one, index) => {
    const plan = withoutStandby(one.plan, ids[index] ?? new Set())
    return plan === one.plan ? one : withPlan(one, plan)
  })
}

/** Refuses to leave behind the environment, and disk, of a file that used `vm` until now. */
async function refuseSingle(name: string, { file }: Environment): Promise<void> {
  const record = await readRecord((await locateEnvironment(name)).record).catch(() => undefined)
  if (record === undefined || record.file !== file) return
  throw new DesktopError('plan/blocked', `${name} is the single VM that this file had before vms`, {
    hint: `save what it holds, then remove it with \`desktop destroy ${name}\``,
  })
}

/** Machines may each fit in memory but not all together. */
function memoryNotes(all: readonly Assessment[]): Note[] {
  const starting = all.filter(({ plan }) => plan.operations.some(({ id }) => id === 'vm/start'))
  const host = all[0]?.observed.host.limits.memoryBytes
  if (starting.length === 0 || host === undefined) return []
  const running = all.filter(
    (one) => starting.includes(one) || observedValue(one.observed.vm)?.vm.state === 'running',
  )
  const bytes = running.reduce((sum, { environment }) => sum + environment.desired.vm.memoryBytes, 0)
  if (bytes <= host) return []
  const origin = all[0]?.environment.origins?.of(['vms'])
  const whole = (value: number): string => formatBytes(Math.floor(value / 2 ** 20) * 2 ** 20)
  return [
    {
      level: 'error',
      about: 'vms',
      message: `${running.length} machines have ${whole(bytes)} of memory together, and this host has ${whole(host)}`,
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
