/** The end of an environment's processes, and of the environment itself. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readContext, removeContext } from '../engine/context.ts'
import { DesktopError, systemCode } from '../errors.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { observeVm } from '../observe/vm.ts'
import { absent, known } from '../reading.ts'
import { contextName } from '../reconcile/resources/context.ts'
import type { Control } from '../supervisor/api.ts'
import { connectSupervisor } from '../supervisor/client.ts'
import { endSupervisor, spawnSupervisor } from '../supervisor/spawn.ts'
import { endOrphans } from '../vm/orphans.ts'
import { stopDeadlineMs } from './steps.ts'

/** False when nothing ran. A QEMU whose supervisor died is adopted first, so that it too shuts down in order. */
export async function stopEnvironment(name: string, paths: EnvironmentPaths): Promise<boolean> {
  try {
    return await stopOnce(name, paths)
  } catch (error) {
    // It died meanwhile; its successor stops the VM.
    if (error instanceof DesktopError && error.code === 'supervisor/unreachable') return stopOnce(name, paths)
    throw error
  }
}

async function stopOnce(name: string, paths: EnvironmentPaths): Promise<boolean> {
  const control = await supervisorToStop(name, paths)
  if (control === undefined) return (await endOrphans(paths.sockets.qmp)) > 0
  const { pid } = await control.facts()
  await control.stopVm({ deadlineMs: stopDeadlineMs })
  await endSupervisor(paths, pid, 'stop')
  return true
}

async function supervisorToStop(name: string, paths: EnvironmentPaths): Promise<Control | undefined> {
  try {
    const control = await connectSupervisor(paths)
    if (control !== undefined) return control
  } catch {
    // It listens and does not answer; its successor can stop the VM.
    await endSupervisor(paths, undefined, 'keep')
  }
  const left = await observeVm(paths, absent).catch((error: unknown) => {
    if (error instanceof DesktopError && error.code === 'state/unreadable') return absent
    throw error
  })
  const vm = known(left)?.vm.state ?? 'absent'
  return vm === 'absent' ? undefined : await spawnSupervisor(name, paths)
}

/** After consent: everything of the environment goes, its data disk included. */
export async function destroyEnvironment(name: string, paths: EnvironmentPaths): Promise<void> {
  await stopEnvironment(name, paths)
  const context = contextName(name)
  if ((await readContext(context)) !== undefined) await removeContext(context)
  await rm(paths.runtimeDir, { recursive: true, force: true })
  // The lock is the last to go: until then nobody makes an environment of this name.
  const files = await readdir(paths.stateDir).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  })
  for (const file of files) {
    if (join(paths.stateDir, file) !== paths.lock)
      await rm(join(paths.stateDir, file), { recursive: true, force: true })
  }
  await rm(paths.stateDir, { recursive: true, force: true })
}
