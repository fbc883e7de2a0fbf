/** Destroys an environment: removes everything it can and reports the rest. */
import { lstatSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readContext, removeContext } from '../../engine/context.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf, systemCode } from '../../errors/system.ts'
import { dialOnce } from '../../host/dial.ts'
import { readIdentity } from '../../host/environment-identity.ts'
import { isAlive, type ProcessIdentity } from '../../host/identity.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { contextName } from '../../reconcile/resources/context.ts'
import { endSupervisor } from '../../supervisor/process/spawn.ts'
import { endOrphans, endQemu, findOrphans } from '../../vm/orphans.ts'
import { stopEnvironment } from './stop.ts'

/**
 * Call after consent and under the lock. Throws `state/cleanup-incomplete`; nothing is removed while a QEMU is
 * running.
 */
export async function destroyEnvironment(name: string, paths: EnvironmentPaths): Promise<void> {
  const identity = await readIdentity(paths.identity)
  await end(name, paths, identity?.vm)
  const left: string[] = []
  const without = async (what: string, remove: () => Promise<void>): Promise<void> => {
    await remove().catch((error: unknown) => left.push(`${what}: ${messageOf(error)}`))
  }
  const context = contextName(name)
  await without(`the docker context ${context}`, async () => {
    if ((await readContext(context)) !== undefined) await removeContext(context)
  })
  const docker = identity?.sockets.docker
  if (docker !== undefined) await without(docker, () => removeStaleSocket(docker))
  // The last supervisor may have run in another session.
  for (const directory of new Set([paths.runtimeDir, identity?.runtimeDir ?? paths.runtimeDir])) {
    await without(directory, () => rm(directory, { recursive: true, force: true }))
  }
  for (const file of await filesOf(paths.stateDir)) {
    const path = join(paths.stateDir, file)
    // The lock is removed last: until then the name cannot be reused.
    if (path !== paths.lock) await without(path, () => rm(path, { recursive: true, force: true }))
  }
  if (left.length === 0)
    await without(paths.stateDir, () => rm(paths.stateDir, { recursive: true, force: true }))
  if (left.length > 0)
    throw new DesktopError(
      'state/cleanup-incomplete',
      `${name} was not removed completely; left over: ${left.join('; ')}`,
    )
}

/**
 * Also ends processes that cannot be stopped gracefully, because a record is damaged or of a later version.
 */
async function end(name: string, paths: EnvironmentPaths, vm: ProcessIdentity | undefined): Promise<void> {
  try {
    await stopEnvironment(name, paths)
  } catch (error) {
    await endSupervisor(paths, undefined, 'keep')
    await endOrphans(paths.sockets.qmp)
    if (vm !== undefined) await endQemu(paths.sockets.qmp, vm)
    if ((await running(paths, vm)).length > 0) throw error
  }
  const [left] = await running(paths, vm)
  if (left === undefined) return
  throw new DesktopError(
    'vm/stop-failed',
    `nothing was removed: QEMU (pid ${left.pid}) still uses the data disk`,
  )
}

async function running(paths: EnvironmentPaths, vm: ProcessIdentity | undefined): Promise<ProcessIdentity[]> {
  const recorded = vm !== undefined && (await isAlive(vm)) ? [vm] : []
  return [...recorded, ...(await findOrphans(paths.sockets.qmp))]
}

async function filesOf(directory: string): Promise<string[]> {
  return await readdir(directory).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  })
}

/** Removes the docker.sock of a killed supervisor at the configured path. */
async function removeStaleSocket(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return
  const answered = await dialOnce(path).then(
    (socket) => socket.destroy() !== undefined,
    (error: unknown) => systemCode(error) !== 'ECONNREFUSED',
  )
  if (!answered) await rm(path, { force: true })
}
