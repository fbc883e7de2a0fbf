/** The end of an environment's processes, and of the environment itself. */
import { rm } from 'node:fs/promises'
import { readContext, removeContext } from '../engine/context.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { observeVm } from '../observe/vm.ts'
import { absent, known } from '../reading.ts'
import { contextName } from '../reconcile/resources/context.ts'
import { connectSupervisor } from '../supervisor/client.ts'
import { endSupervisor, spawnSupervisor } from '../supervisor/spawn.ts'
import { stopDeadlineMs } from './steps.ts'

/** False when nothing ran. A QEMU whose supervisor died is adopted first, so that it too shuts down in order. */
export async function stopEnvironment(name: string, paths: EnvironmentPaths): Promise<boolean> {
  let control = await connectSupervisor(paths)
  if (control === undefined) {
    const orphan = known(await observeVm(paths, absent))
    if (orphan === undefined || orphan.vm.state === 'absent') return false
    control = await spawnSupervisor(name, paths)
  }
  await control.stopVm({ deadlineMs: stopDeadlineMs })
  await endSupervisor(paths, (await control.facts()).pid, 'stop')
  return true
}

/** After consent: everything of the environment goes, its data disk included. */
export async function destroyEnvironment(name: string, paths: EnvironmentPaths): Promise<void> {
  await stopEnvironment(name, paths)
  const context = contextName(name)
  if ((await readContext(context)) !== undefined) await removeContext(context)
  await rm(paths.runtimeDir, { recursive: true, force: true })
  await rm(paths.stateDir, { recursive: true, force: true })
}
