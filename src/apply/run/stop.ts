/** Stops the processes of an environment. */
import { sealCredentials } from '../../config/daemon/seal.ts'
import type { Desired } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { absent, observedValue, present } from '../../observation.ts'
import { observeGuest } from '../../observe/guest.ts'
import { observeVm } from '../../observe/vm.ts'
import type { Control } from '../../supervisor/api/api.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'
import { endSupervisor, spawnSupervisor } from '../../supervisor/process/spawn.ts'
import { endOrphans } from '../../vm/orphans.ts'
import { discardSaved, readSaved, type SavedGuest } from '../../vm/suspend/saved.ts'
import type { Environment } from '../environment/environment.ts'
import type { KnownEnvironment } from '../environment/find-environment.ts'
import { latestGeneration } from '../history/generation.ts'
import { stopDeadlineMs } from './steps.ts'

/** Result of `desktop stop`. */
export type Stopped =
  | { now: 'off' | 'was-off' | 'was-suspended' | 'discarded' }
  /** Shut down because it could not be suspended. */
  | { now: 'off-instead'; reason: string }
  | { now: 'suspended'; bytes: number; milliseconds: number }

/** `as-configured`: suspend if `vm.suspendOnStop` is set. */
export type HowToStop = 'as-configured' | 'suspend' | 'power-off'

/** The caller holds the environment's lock. */
export async function stopAs(
  how: HowToStop,
  { name, paths, current }: Pick<KnownEnvironment, 'name' | 'paths' | 'current'>,
): Promise<Stopped> {
  const desired = await desiredOf({ current, paths })
  const suspends = how === 'suspend' || (how === 'as-configured' && desired?.vm.suspendOnStop === true)
  // An environment never fully applied has nothing to suspend.
  return suspends && desired !== undefined
    ? await suspendEnvironment({ desired, paths })
    : await stopEnvironment(name, paths)
}

/** The configuration from the file, or otherwise from the last apply. */
async function desiredOf({
  current,
  paths,
}: Pick<KnownEnvironment, 'current' | 'paths'>): Promise<Desired | undefined> {
  if (current !== undefined) return current.desired
  return (await latestGeneration(paths.generationsDir).catch(() => undefined))?.desired
}

/** Shuts down. A QEMU whose supervisor died is adopted first, so that it is stopped gracefully too. */
export async function stopEnvironment(name: string, paths: EnvironmentPaths): Promise<Stopped> {
  try {
    return await stopOnce(name, paths)
  } catch (error) {
    // The supervisor died meanwhile; its successor stops the VM.
    if (error instanceof DesktopError && error.code === 'supervisor/unreachable') return stopOnce(name, paths)
    throw error
  }
}

async function stopOnce(name: string, paths: EnvironmentPaths): Promise<Stopped> {
  const control = await supervisorToStop(name, paths)
  const { suspendedMachine: manifest, suspendedState: state, sockets } = paths
  const suspended = (await readSaved(manifest)).state !== 'absent'
  if (control === undefined) {
    const ended = await endOrphans(sockets.qmp)
    await discardSaved({ manifest, state, socket: sockets.state })
    return { now: ended > 0 ? 'off' : suspended ? 'discarded' : 'was-off' }
  }
  const { pid } = await control.facts()
  await control.stopVm({ deadlineMs: stopDeadlineMs })
  await endSupervisor(paths, pid, 'stop')
  await discardSaved({ manifest, state, socket: sockets.state })
  return { now: 'off' }
}

/** Suspends the VM with its containers. A VM that is booting or unresponsive is shut down instead. */
async function suspendEnvironment({
  desired,
  paths,
}: Pick<Environment, 'desired' | 'paths'>): Promise<Stopped> {
  const control = await supervisorToStop(desired.name, paths)
  const facts = await control?.facts()
  if (control === undefined || facts?.vm.state !== 'running') {
    const saved = await readSaved(paths.suspendedMachine)
    if (saved.state === 'present' && (facts === undefined || facts.vm.state === 'absent')) {
      if (facts !== undefined) await endSupervisor(paths, facts.pid, 'keep')
      return { now: 'was-suspended' }
    }
    return await stopEnvironment(desired.name, paths)
  }
  try {
    const { bytes, milliseconds } = await control.suspendVm({ guest: await guestToSave(control, desired) })
    await endSupervisor(paths, facts.pid, 'keep')
    return { now: 'suspended', bytes, milliseconds }
  } catch (error) {
    // Not every QEMU and virtiofsd can save open files of shares.
    const hasShares = Object.keys(facts.vm.hashes.parts?.shares ?? {}).length > 0
    if (!hasShares || !(error instanceof DesktopError) || error.code !== 'vm/suspend-failed') throw error
    await stopEnvironment(desired.name, paths)
    return { now: 'off-instead', reason: error.message }
  }
}

async function guestToSave(control: Control, { name, guest }: Desired): Promise<SavedGuest> {
  const observed = await observeGuest(control, { sysctlKeys: Object.keys(guest.sysctl) })
  if (observed.state !== 'present')
    throw new DesktopError('vm/suspend-failed', 'the guest cannot be inspected')
  const { daemonJson } = observed.value
  const kept = daemonJson.state === 'present' ? present(sealCredentials(daemonJson.value, name)) : daemonJson
  return { ...observed.value, daemonJson: kept }
}

async function supervisorToStop(name: string, paths: EnvironmentPaths): Promise<Control | undefined> {
  try {
    const control = await connectSupervisor(paths)
    if (control !== undefined) return control
  } catch {
    // Replace an unresponsive supervisor; its successor can stop the VM.
    await endSupervisor(paths, undefined, 'keep')
  }
  const left = await observeVm(paths, absent).catch((error: unknown) => {
    if (error instanceof DesktopError && error.code === 'state/unreadable') return absent
    throw error
  })
  const vm = observedValue(left)?.vm.state ?? 'absent'
  return vm === 'absent' ? undefined : await spawnSupervisor(name, paths)
}
