/**
 * Both ends of a golden snapshot, in QEMU and in the guest: a VM that boots up to where it would learn who it is and is
 * saved there, and a copy of it that goes on (templates/guest/init/usr/bin/rc.init, `park`).
 */
import { DesktopError } from '../../errors.ts'
import { until } from '../../host/until.ts'
import type { VmSpec } from '../../supervisor/api.ts'
import { Machine, type MachineOptions } from '../machine.ts'
import { qemuVersion, type SavedState, saveState } from '../suspend/qemu.ts'
import type { StateFiles } from '../suspend/saved.ts'

/** Emulated CPUs on a busy host take minutes. */
const parkedMs = 180_000
const becomeMs = 120_000
const syncMs = 60_000

/** Boots a machine whose metadata disk says that it is to park, saves it there, and ends it. */
export async function parkMachine(
  spec: VmSpec,
  files: StateFiles,
  options: MachineOptions,
): Promise<SavedState> {
  await using machine = await Machine.start(spec, options)
  try {
    await until(() => isParked(machine), { deadlineMs: parkedMs, intervalMs: 100 })
    await machine.agent.exec(['sync'], { timeoutMs: syncMs })
    const version = await qemuVersion(machine.qmp)
    const state = await saveState(machine.qmp, files)
    return { qemuVersion: version, state }
  } finally {
    await machine.quit()
  }
}

async function isParked(machine: Machine): Promise<boolean> {
  if (machine.exited !== undefined) throw new DesktopError('vm/not-running', 'the VM ended while it came up')
  if (!machine.agentUp) return false
  // Asked before the agent's service has settled it may be silent; it is asked again.
  const { exitCode } = await machine.agent
    .exec(['test', '-p', '/run/golden.go'])
    .catch(() => ({ exitCode: 1 }))
  return exitCode === 0
}

/** A copy of a parked machine goes on as the one that its metadata disk describes. Nothing runs when it cannot. */
export async function unparkMachine(
  spec: VmSpec,
  saved: SavedState,
  files: StateFiles,
  options: MachineOptions,
): Promise<Machine> {
  const machine = await Machine.resume(spec, saved, files, { ...options, commit: async () => {} })
  try {
    await machine.agent.setTime(BigInt(Date.now()) * 1_000_000n)
    const { exitCode } = await machine.agent.exec(['/usr/sbin/become'], { timeoutMs: becomeMs })
    if (exitCode !== 0) throw new DesktopError('vm/resume', `${exitCode} onboot containers failed in it`)
    return machine
  } catch (error) {
    await machine.quit()
    await machine[Symbol.asyncDispose]()
    throw error
  }
}
