/**
 * Both ends of a golden snapshot, in QEMU and in the guest: a VM that boots up to where it would learn who it is and is
 * saved there, and a copy of it that goes on (templates/guest/init/usr/bin/rc.init, `park`).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../../errors.ts'
import { until } from '../../host/until.ts'
import { type ClockSample, sampleClock, wrongRate } from '../clock-rate.ts'
import { Machine, type MachineOptions } from '../machine.ts'
import type { VmSpec } from '../spec.ts'
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
    await until(async () => isUp(machine), { deadlineMs: parkedMs, intervalMs: 100 })
    const first = await sampleClock(machine.agent).catch(() => undefined)
    await until(() => isParked(machine), { deadlineMs: parkedMs, intervalMs: 100 })
    if (first !== undefined) await requireRightClock(first, machine)
    await machine.agent.exec(['sync'], { timeoutMs: syncMs })
    const version = await qemuVersion(machine.qmp)
    const state = await saveState(machine.qmp, files)
    return { qemuVersion: version, state }
  } finally {
    await machine.quit()
  }
}

const clockMs = 1_500

/** Every copy would have it. */
async function requireRightClock(first: ClockSample, { agent }: Machine): Promise<void> {
  await sleep(Math.max(0, first.afterMs + clockMs - performance.now()))
  const rate = wrongRate(first, await sampleClock(agent))
  if (rate === undefined) return
  throw new DesktopError('vm/resume', `its clock runs ${rate.toFixed(2)} times as fast as this host's`)
}

function isUp(machine: Machine): boolean {
  if (machine.exited !== undefined) throw new DesktopError('vm/not-running', 'the VM ended while it came up')
  return machine.agentUp
}

async function isParked(machine: Machine): Promise<boolean> {
  if (!isUp(machine)) return false
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
