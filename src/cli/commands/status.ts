/** `desktop status`: every part of the environment with its path and its state. */

import { isCluster } from '../../apply/cluster/assess.ts'
import { spaceInside } from '../../apply/environment/disk-space.ts'
import { type Environment, openMachines } from '../../apply/environment/environment.ts'
import { observeEnvironment } from '../../apply/plan/assess.ts'
import { findInstalled, targetOf, withAccelerator } from '../../apply/plan/target.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { absent } from '../../observation.ts'
import { reading } from '../../observe/deadline.ts'
import { observeServices } from '../../observe/services.ts'
import { reconcile } from '../../reconcile/reconcile.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import type { FileOptions } from '../arguments.ts'
import type { Output } from '../output.ts'
import { driftTexts } from '../views/drift.ts'
import { machinesDocument, machinesView } from '../views/machines.ts'
import { statusView } from '../views/status.ts'
import { type InsideStatus, type StatusDocument, statusDocument } from '../views/status-document.ts'

const insideMs = 4_000
/** It runs a program for each service, in an emulated guest on a busy host. */
const servicesMs = 20_000

/** For a VM whose agent is silent the rest is still shown. */
async function lookInside({ paths }: Environment): Promise<InsideStatus> {
  const control = await connectSupervisor(paths).catch(() => undefined)
  if (control === undefined) return { inside: absent, services: absent }
  const { vm } = await control.facts()
  if (vm.state === 'absent' || vm.state === 'exited') return { inside: absent, services: absent }
  const [inside, services] = await Promise.all([
    reading(() => spaceInside(control), { what: 'the guest', deadlineMs: insideMs }),
    reading(() => observeServices(control), { what: 'the guest', deadlineMs: servicesMs }),
  ])
  return { inside, services }
}

export async function run(options: FileOptions, output: Output): Promise<number> {
  const environments = await openMachines(options)
  const documents = await Promise.all(environments.map(statusOf))
  if (isCluster(environments, options)) {
    const machines = environments.map(({ desired }, i) => [desired, documents[i]!] as const)
    output.write(
      options.json
        ? `${JSON.stringify(machinesDocument(machines), null, 2)}\n`
        : machinesView(machines, output),
    )
    return exitCodes.done
  }
  for (const document of documents)
    output.write(options.json ? `${JSON.stringify(document, null, 2)}\n` : statusView(document, output))
  return exitCodes.done
}

export async function statusOf(environment: Environment): Promise<StatusDocument> {
  const installed = findInstalled(environment)
  const resources = installed.then((found) => withAccelerator(environment, found))
  const [observed, inside] = await Promise.all([
    observeEnvironment(environment, installed, resources),
    lookInside(environment),
  ])
  const plan = reconcile(targetOf(environment, await resources), observed)
  const drift = environment.record === undefined ? undefined : driftTexts(plan)
  return statusDocument(environment, observed, inside, drift)
}
