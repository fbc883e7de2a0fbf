/** `desktop status`: the state of every component, with its paths. */

import { isCluster } from '../../apply/cluster/assess.ts'
import { serviceStatuses } from '../../apply/cluster/stack/service-status.ts'
import { machineName, memberOf, standbyOf, swarmPlaces } from '../../apply/cluster/swarm.ts'
import { spaceInside } from '../../apply/environment/disk-space.ts'
import { type Environment, openMachines } from '../../apply/environment/environment.ts'
import { observeEnvironment } from '../../apply/plan/assess.ts'
import { findInstalled, targetOf, withAccelerator } from '../../apply/plan/target.ts'
import type { StatusThere } from '../../apply/remote/protocol.ts'
import { machineRequest } from '../../apply/remote/request.ts'
import { HostSessions } from '../../apply/remote/sessions.ts'
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { residentBytes } from '../../host/resident-memory.ts'
import type { PortStatus } from '../../net/core/port-status.ts'
import { absent, observedValue, unknown } from '../../observation.ts'
import { reading } from '../../observe/deadline.ts'
import { observeGuestMemory } from '../../observe/guest-memory.ts'
import { observeServices } from '../../observe/services.ts'
import { observeServiceTasks } from '../../observe/stacks.ts'
import { observeSwarm } from '../../observe/swarm.ts'
import { clusterPlan } from '../../reconcile/cluster.ts'
import type { Plan } from '../../reconcile/plan.ts'
import { reconcile } from '../../reconcile/reconcile.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import { withoutStandby } from '../../reconcile/swarm/standby.ts'
import { withSwarm } from '../../reconcile/swarm/swarm.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { checkedStatus } from '../views/checked-status.ts'
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
  await using sessions = new HostSessions()
  const environments = await openMachines(options)
  const looks = await Promise.all(
    environments.map((one) => (one.host === undefined ? look(one) : lookThere(one, one.host, sessions))),
  )
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
    output.write(
      options.json ? `${JSON.stringify(document, null, 2)}\n` : (one.text ?? statusView(document, output)),
    )
  }
  return exitCodes.done
}

/** For a command on another host. */
export async function statusThere(environment: Environment): Promise<StatusThere> {
  const seen = await look(environment)
  const document = documentOf(seen, seen.plan)
  const { plan, ports, isApplied } = seen
  return { plan, ports, isApplied, document: { ...document } }
}

async function lookThere(environment: Environment, host: MachineHost, sessions: HostSessions): Promise<Look> {
  try {
    const session = await sessions.of(host)
    const there = await session.call('status', { machine: await machineRequest(environment) })
    const { forwardSockets } = await import('../../apply/environment/known-hosts.ts')
    await forwardSockets(environment.desired.name, host).catch(() => {})
    const { plan, ports, isApplied } = there
    const document: StatusDocument = {
      ...(await checkedStatus(there.document, host)),
      ...{ host: host.name, files: environment.files, dockerHost: dockerHost(environment.dockerSocket) },
    }
    return {
      environment,
      plan,
      ports,
      isApplied,
      document: (drift) => ({ ...document, ...(drift === undefined ? {} : { drift }) }),
      isEngineUp: document.engine.state === 'present',
    }
  } catch (error) {
    if (!(error instanceof DesktopError)) throw error
    return lookAtNothing(environment, host, error.message)
  }
}

/** A machine whose host does not answer, or fails. */
function lookAtNothing(environment: Environment, host: MachineHost, reason: string): Look {
  const nothing = unknown(reason)
  const { desired } = environment
  const document: StatusDocument = {
    format: 'desktop-status/1',
    environment: desired.name,
    environmentId: null,
    state: 'unknown',
    files: environment.files,
    host: host.name,
    dockerHost: dockerHost(environment.dockerSocket),
    supervisor: nothing,
    vm: { state: 'unknown', reason },
    ...{
      accelerator: nothing,
      engine: nothing,
      services: nothing,
      disk: nothing,
      inside: nothing,
      memory: nothing,
    },
    ...{ image: nothing, context: nothing, ports: [] },
    drift: [reason],
  }
  return {
    environment,
    document: () => document,
    plan: { operations: [], notes: [], unchanged: 0 },
    ports: [],
    isApplied: true,
    isEngineUp: false,
    text: `${desired.name}  unknown: ${reason}\n`,
  }
}

export const statusOf = async (environment: Environment): Promise<StatusDocument> => {
  const seen = await look(environment)
  return documentOf(seen, seen.plan)
}

interface Look {
  environment: Environment
  document: (drift: string[] | undefined) => StatusDocument
  plan: Plan
  isApplied: boolean
  /** In place of the document's. */
  text?: string
  ports: readonly PortStatus[]
  isEngineUp: boolean
}

async function look(environment: Environment): Promise<Look> {
  const installed = findInstalled(environment)
  const resources = installed.then((found) => withAccelerator(environment, found))
  const [observed, inside] = await Promise.all([
    observeEnvironment(environment, installed, resources),
    lookInside(environment),
  ])
  const plan = reconcile(targetOf(environment, await resources), observed)
  return {
    environment,
    document: (drift) => statusDocument(environment, observed, inside, drift),
    plan,
    isApplied: environment.record !== undefined,
    ports: observedValue(observed.supervisor)?.ports ?? [],
    isEngineUp: observed.engine.state === 'present',
  }
}

const documentOf = ({ document, isApplied }: Look, plan: Plan): StatusDocument =>
  document(isApplied ? driftTexts(plan) : undefined)

/** Status of all machines, with their swarm nodes. */
async function clusterStatus(looks: readonly Look[]): Promise<ClusterStatus> {
  const shared = standbyOf(looks.map(({ environment, ports }) => ({ host: environment.host?.name, ports })))
  const plans = looks.map(({ environment, plan }, index) => ({
    machine: machineName(environment),
    host: environment.host?.name,
    plan: withoutStandby(plan, shared[index] ?? new Set()),
  }))
  const environments = looks.map(({ environment }) => environment)
  const up = new Set(
    looks.filter(({ isEngineUp }) => isEngineUp).map(({ environment }) => machineName(environment)),
  )
  const places = swarmPlaces(environments, up)
  const observed = await observeSwarm(places)
  const services = serviceStatuses(await observeServiceTasks(places, observed))
  const members = environments.map(memberOf)
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
  return { machines, members, observed, services }
}
