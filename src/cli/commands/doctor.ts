/**
 * `desktop doctor`: missing requirements of this host and how to install them. Read-only; needs no
 * desktop.yaml.
 */
import { availableParallelism } from 'node:os'
import { type Environment, givenFiles, readAnyMachine } from '../../apply/environment/environment.ts'
import { assess } from '../../apply/plan/assess.ts'
import { rulesFor } from '../../apply/plan/policy.ts'
import { type HostResources, resolveResources } from '../../apply/plan/target.ts'
import type { Desired } from '../../config/desired.ts'
import { configOf } from '../../config/load.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { hypervisorPackages } from '../../guest/debian/hypervisor.ts'
import { locateEnvironment } from '../../host/locate.ts'
import { installHint } from '../../host/package-manager.ts'
import { baseDirs, packageRoot } from '../../host/paths.ts'
import { hostRoutes } from '../../host/routes.ts'
import { freeSpace, missingFor } from '../../observe/host.ts'
import { rangeNotes } from '../../reconcile/preflight.ts'
import { dockerHost } from '../../reconcile/resources/context.ts'
import type { SupervisorFacts } from '../../supervisor/api/api.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import type { FileOptions } from '../arguments.ts'
import {
  directoriesCheck,
  dockerChecks,
  pingCheck,
  rangesCheck,
  socketPathsCheck,
  staleSocketsCheck,
} from '../doctor/access.ts'
import { bad, type Check, good, limited } from '../doctor/check.ts'
import { containmentCheck, namespaceKinds, supervisorCheck, userCheck } from '../doctor/containment.ts'
import {
  clockSynchronised,
  directoryFacts,
  dockerEndpoint,
  installedAt,
  outputOf,
  sharedNamespaces,
  socketFact,
  textOf,
} from '../doctor/facts.ts'
import {
  acceleratorCheck,
  clockCheck,
  cpusCheck,
  groupMemoryLimit,
  memoryCheck,
  packagesCheck,
  qemuCheck,
  spaceCheck,
  suspendCheck,
} from '../doctor/machine.ts'
import type { Output } from '../output.ts'
import { driftTexts } from '../views/drift.ts'

export async function run(options: FileOptions, output: Output): Promise<number> {
  const { environment, check: file } = await environmentOrDefaults(options)
  const { resources, check: lock } = await meansOrNone(environment)
  const parts = await Promise.all([machine(environment, resources), access(environment)])
  const checks = [
    ...file,
    ...(await siteCheck(environment)),
    ...lock,
    ...parts.flat(),
    ...(await driftCheck(environment)),
  ]
  if (options.json) output.write(`${JSON.stringify({ checks }, null, 2)}\n`)
  else for (const check of checks) output.write(view(check, output))
  return checks.some(({ state }) => state === 'bad') ? exitCodes.unexpected : exitCodes.done
}

function view({ name, state, found, fix }: Check, { style }: Output): string {
  const colour = { good: 'green', limited: 'yellow', bad: 'red' } as const
  const line = `${style(colour[state], state.padEnd(8))}${name}: ${found}\n`
  return fix === undefined ? line : `${line}        ${fix}\n`
}

/** Without a valid file, the host is checked for a default environment. */
async function environmentOrDefaults(
  options: FileOptions,
): Promise<{ environment: Environment; check: Check[] }> {
  const [first = ''] = givenFiles(options)
  try {
    const environment = await readAnyMachine(options)
    return {
      environment,
      check: [good('configuration', `${first}: environment ${environment.desired.name}`)],
    }
  } catch (error) {
    if (!(error instanceof DesktopError && error.code.startsWith('config/'))) throw error
    const { message, hint = '`desktop validate` shows every mistake' } = error
    const text = 'apiVersion: desktop/v1\nname: default\n'
    const desired = configOf({ file: 'default', path: '/default/desktop.yaml', text, env: {} })
    const paths = await locateEnvironment(desired.name)
    const dockerSocket = paths.sockets.docker
    const environment = { desired, files: [], configHash: '', paths, record: undefined, dockerSocket }
    // A missing file is no error before the first `init`.
    const none = error.code === 'config/unreadable' && options.file.length === 0
    return { environment, check: [(none ? limited : bad)('configuration', message, hint)] }
  }
}

async function meansOrNone(
  environment: Environment,
): Promise<{ resources: HostResources | undefined; check: Check[] }> {
  try {
    const resources = await resolveResources(environment)
    return { resources, check: resources.lock === undefined ? [] : [good('desktop.lock', 'can be used')] }
  } catch (error) {
    if (!(error instanceof DesktopError)) throw error
    const { lockFile: _, ...rest } = environment
    const check = bad('desktop.lock', error.message, error.hint ?? 'desktop lock --update')
    return { resources: await resolveResources(rest), check: [check] }
  }
}

/** For an environment that was applied before. */
async function driftCheck(environment: Environment): Promise<Check[]> {
  if (environment.record === undefined) return []
  const drift = driftTexts((await assess(environment)).plan)
  if (drift.length === 0) return [good('drift', 'none')]
  return [limited('drift', drift.join('; '), 'desktop apply')]
}

async function siteCheck(environment: Environment): Promise<Check[]> {
  try {
    await rulesFor(environment)
    return []
  } catch (error) {
    if (!(error instanceof DesktopError)) throw error
    return [bad('site policy', error.message, error.hint ?? 'docs/policy.md')]
  }
}

const notDownloaded = limited('QEMU', "Debian's is not downloaded yet", '`desktop apply` downloads it')

/** Packages that the package manager of this host installs. */
async function missingOnHost({ shares, vm }: Desired): Promise<string[]> {
  const missing = await missingFor({ hasShares: shares.length > 0, qemu: vm.qemu })
  return missing.filter((name) => !hypervisorPackages.includes(name))
}

async function machine(
  { desired, paths }: Environment,
  resources: HostResources | undefined,
): Promise<Check[]> {
  const { vm } = desired
  const dirs = baseDirs()
  const control = await connectSupervisor(paths).catch(() => undefined)
  const facts: SupervisorFacts | undefined = await control?.facts().catch(() => undefined)
  const running = facts?.vm.state === 'running'
  const [missing, qemu, meminfo, groups, state, cache, synchronised, built, guest, status, shared] =
    await Promise.all([
      missingOnHost(desired),
      resources?.qemu === undefined ? undefined : outputOf([...resources.qemu.command, '--version']),
      textOf('/proc/meminfo'),
      textOf('/proc/self/cgroup'),
      freeSpace(paths.stateDir),
      freeSpace(dirs.cache),
      clockSynchronised(),
      installedAt(packageRoot()),
      running ? control?.guestExec(['date', '+%s']).catch(() => undefined) : undefined,
      facts?.vm.state === 'running' ? textOf(`/proc/${facts.vm.pid}/status`) : undefined,
      facts?.vm.state === 'running' ? sharedNamespaces(facts.vm.pid, namespaceKinds) : [],
    ])
  const supervisor = facts && {
    status: await textOf(`/proc/${facts.pid}/status`),
    limits: await textOf(`/proc/${facts.pid}/limits`),
  }
  const groupBytes = await groupMemoryLimit(groups, textOf)
  const guestSeconds = guest?.exitCode === 0 ? Number(guest.stdout) : undefined
  return [
    packagesCheck(missing, installHint(missing)),
    ...(qemu === undefined && vm.qemu === 'debian' ? [notDownloaded] : qemuCheck(qemu)),
    ...suspendCheck(qemu, resources?.virtiofsd),
    acceleratorCheck(resources?.accelerator),
    cpusCheck(vm.cpus, availableParallelism()),
    ...memoryCheck({ meminfo, groupBytes, vmBytes: vm.memoryBytes, running }),
    spaceCheck('space for the data disk', state, paths.stateDir, 'XDG_STATE_HOME'),
    spaceCheck('space for the cache', cache, dirs.cache, 'XDG_CACHE_HOME'),
    clockCheck({ now: new Date(), built, synchronised, guestSeconds }),
    ...userCheck(process.getuid?.()),
    ...containmentCheck(status, shared),
    ...supervisorCheck(supervisor?.status, supervisor?.limits),
  ]
}

async function access({ desired, paths, dockerSocket }: Environment): Promise<Check[]> {
  const sockets = [...new Set([...Object.values(paths.sockets), dockerSocket])]
  const [directories, ping, facts, routes, docker] = await Promise.all([
    directoryFacts(baseDirs()),
    textOf('/proc/sys/net/ipv4/ping_group_range'),
    // QEMU accepts a single connection on its sockets, so do not connect to those.
    Promise.all([paths.sockets.control, dockerSocket].map(socketFact)),
    hostRoutes(),
    dockerEndpoint(process.env),
  ])
  const running = facts.some(({ path, state }) => path === paths.sockets.control && state === 'answers')
  const groups = [process.getgid?.() ?? -1, ...(process.getgroups?.() ?? [])]
  return [
    directoriesCheck(directories),
    socketPathsCheck(sockets),
    staleSocketsCheck(facts, running),
    ...rangesCheck(rangeNotes(desired, routes)),
    ...pingCheck(ping, { groups, isRoot: process.getuid?.() === 0 }),
    ...dockerChecks({ ...docker, wanted: dockerHost(dockerSocket) }),
  ]
}
