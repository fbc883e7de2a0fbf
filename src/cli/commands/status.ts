/** `desktop status`: the state of every component, with its paths. */

import { isCluster } from '../../apply/cluster/assess.ts'
import { machineName, memberOf, standbyOf, swarmPlaces } from '../../apply/cluster/swarm.ts'
import { spaceInside } from '../../apply/environment/disk-space.ts'
import { type Environment, openMachines } from '../../apply/environment/environment.ts'
import { observeEnvironment } from '../../apply/plan/assess.ts'
import { findInstalled, targetOf, withAccelerator } from '../../apply/plan/target.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { residentBytes } from '../../host/resident-memory.ts'
import { absent } from '../../observation.ts'
import { reading } from '../../observe/deadline.ts'
import { observeGuestMemory } from '../../observe/guest-memory.ts'
import type { Observed } from '../../observe/observed.ts'
import { observeServices } from '../../observe/services.ts'
import { observeSwarm } from '../../observe/swarm.ts'
import { clusterPlan } from '../../reconcile/cluster.ts'
import type { Plan } from '../../reconcile/plan.ts'
import { reconcile } from '../../reconcile/reconcile.ts'
import { withoutStandby } from '../../reconcile/swarm/standby.ts'
import { withSwarm } from '../../reconcile/swarm/swarm.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { driftTexts } from '../views/drift.ts'
import { type ClusterStatus, machinesDocument, machinesView } from '../views/machines.ts'
import { statusView } from '../views/status.ts'
import { type InsideStatus, type StatusDocument, statusDocument } from '../views/status-document.ts'

const insideMs = 4_000
/** Generous: each service needs a program in the guest, which may be emulated on a busy host. */
const servicesMs = 20_000

const nothingInside: InsideStatus = { inside: absent, memory: absent, services: absent }

/** If the VM's agent does not respond, everything else is still shown. */
async function lookInside({ paths }: Environment): Promise<InsideStatus> {
  const control = await connectSupervisor(paths).catch(() => undefined)
  if (control === undefined) return nothingInside
  const { vm } = await control.facts()
  if (vm.state === 'absent' || vm.state === 'exited') return nothingInside
  const [inside, memory, qemuRssBytes, services] = await Promise.all([
    reading(() => spaceInside(control), { what: 'the guest', deadlineMs: insideMs }),
    reading(() => observeGuestMemory(control), { what: 'the guest', deadlineMs: insideMs }),
    'pid' in vm ? residentBytes(vm.pid) : undefined,
    reading(() => observeServices(control), { what: 'the guest', deadlineMs: servicesMs }),
  ])
  return { inside, memory, services, ...(qemuRssBytes === undefined ? {} : { qemuRssBytes }) }
}

export async function run(options: FileOptions, output: Output): Promise<number> {
  const environments = await openMachines(options)
  const looks = await Promise.all(environments.map(look))
  if (isCluster(environments, options)) {
    const machines = await clusterStatus(looks)
    output.write(
      options.json
        ? `${JSON.stringify(machinesDocument(machines), null, 2)}\n`
        : machinesView(machines, output),
    )
    return exitCodes.done
  }
  for (const one of looks) {
    const document = documentOf(one, one.plan)
    output.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : statusView(document, output))
  }
  return exitCodes.done
}

export const statusOf = async (environment: Environment): Promise<StatusDocument> => {
  const seen = await look(environment)
  return documentOf(seen, seen.plan)
}

interface Look {
  environment: Environment
  observed: Observed
  inside: InsideStatus
  plan: Plan
}

async function look(environment: Environment): Promise<Look> {
  const installed = findInstalled(environment)
  const resources = installed.then((found) => withAccelerator(environment, found))
  const [observed, inside] = await Promise.all([
    observeEnvironment(environment, installed, resources),
    lookInside(environment),
  ])
  const plan = reconcile(targetOf(environment, await resources), observed)
  return { environment, observed, inside, plan }
}

function documentOf({ environment, observed, inside }: Look, plan: Plan): StatusDocument {
  const drift = environment.record === undefined ? undefined : driftTexts(plan)
  return statusDocument(environment, observed, inside, drift)
}

/** Status of all machines, with their swarm nodes. */
async function clusterStatus(looks: readonly Look[]): Promise<ClusterStatus> {
  const shared = standbyOf(looks.map(({ observed }) => observed))
  const plans = looks.map(({ environment, plan }, index) => ({
    machine: machineName(environment),
    plan: withoutStandby(plan, shared[index] ?? new Set()),
  }))
  const observed = await observeSwarm(swarmPlaces(looks))
  const members = looks.map(({ environment }) => memberOf(environment))
  const whole = withSwarm(clusterPlan(plans), { members, observed, left: [], isWhole: true })
  const machines = looks.map((one, index) => {
    const machine = machineName(one.environment)
    const nodes = whole.operations.filter(
      ({ kind, ...of }) => of.machine === machine && kind.startsWith('swarm/'),
    )
    const { operations = [], ...rest } = plans[index]?.plan ?? { notes: [], unchanged: 0 }
    const document = documentOf(one, { ...rest, operations: [...operations, ...nodes] })
    return [one.environment.desired, document] as const
  })
  return { machines, members, observed }
}
