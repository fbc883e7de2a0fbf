/**
 * Creates and resumes golden snapshots: a VM boots up to the point where it would read its identity, and is saved
 * there; copies resume from that point (templates/guest/init/usr/bin/rc.init, `park`).
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { until } from '../../host/until.ts'
import { type ClockSample, sampleClock, wrongRate } from '../clock-rate.ts'
import type { MachineOptions, ParkedState, ParkFiles, UnparkFiles } from '../driver.ts'
import type { QemuMachine } from '../qemu/machine.ts'
import { resumeSaved, startMachine, startWithMemory } from '../qemu/start.ts'
import type { VmSpec } from '../spec.ts'
import { qemuVersion, saveState } from '../suspend/qemu.ts'
import type { SavedState } from '../suspend/saved.ts'
import { blankMemory, keepMemory, takeMemory } from './memory.ts'

/** Emulated VMs on a busy host take minutes. */
const parkedMs = 180_000
const becomeMs = 120_000
const syncMs = 60_000

/** Boots a machine whose metadata disk requests parking, saves it there, and ends it. */
export async function parkMachine(
  spec: VmSpec,
  files: ParkFiles,
  options: MachineOptions,
): Promise<ParkedState> {
  if (files.memory === undefined) return await parked(await startMachine(spec, options), files)
  const { file, bytes } = files.memory
  using memory = blankMemory(bytes)
  const saved = await parked(await startWithMemory(spec, { fd: memory.fd, bytes }, options), files)
  return { ...saved, memory: await keepMemory(memory, file, bytes) }
}

async function parked(running: QemuMachine, files: ParkFiles): Promise<SavedState> {
  await using machine = running
  try {
    return await machine.orFailed(saveParked(machine, files))
  } finally {
    await machine.quit()
  }
}

async function saveParked(machine: QemuMachine, files: ParkFiles): Promise<SavedState> {
  await inTime(machine, async () => isUp(machine))
  const first = await sampleClock(machine.agent).catch(() => undefined)
  await inTime(machine, () => isParked(machine))
  if (first !== undefined) await requireRightClock(first, machine)
  await machine.agent.exec(['sync'], { timeoutMs: syncMs })
  const version = await qemuVersion(machine.qmp)
  const state = await saveState(machine.qmp, files, { memoryApart: files.memory !== undefined })
  return { qemuVersion: version, state }
}

/** Booting the same guest once more would take as long again. */
async function inTime(machine: QemuMachine, so: () => Promise<boolean>): Promise<void> {
  await until(so, { deadlineMs: parkedMs, intervalMs: 100 }).catch((cause: unknown) => {
    if (cause instanceof DesktopError) throw cause
    const said = machine.console.tail(5)
    const message = `the guest did not come up within ${parkedMs / 1000} s; its console ends with:\n${said}`
    throw new DesktopError('vm/boot-timeout', message, { cause })
  })
}

const clockMs = 1_500

/** A wrong clock rate would be in every copy. */
async function requireRightClock(first: ClockSample, { agent }: QemuMachine): Promise<void> {
  await sleep(Math.max(0, first.afterMs + clockMs - performance.now()))
  const rate = wrongRate(first, await sampleClock(agent))
  if (rate === undefined) return
  throw new DesktopError('vm/resume', `its clock runs ${rate.toFixed(2)} times as fast as this host's`)
}

function isUp(machine: QemuMachine): boolean {
  if (machine.exited !== undefined) throw new DesktopError('vm/not-running', 'the VM exited while booting')
  return machine.agentUp
}

async function isParked(machine: QemuMachine): Promise<boolean> {
  if (!isUp(machine)) return false
  // The agent may not respond while its service is starting; the check is repeated.
  const { exitCode } = await machine.agent
    .exec(['test', '-p', '/run/golden.go'])
    .catch(() => ({ exitCode: 1 }))
  return exitCode === 0
}

/** Resumes a copy of a parked machine with the identity on its metadata disk. On failure, nothing is left running. */
export async function unparkMachine(
  spec: VmSpec,
  saved: SavedState,
  files: UnparkFiles,
  options: MachineOptions,
): Promise<QemuMachine> {
  const machine = await resumeCopy(spec, saved, files, options)
  try {
    await machine.requireRunning()
    await machine.agent.setTime()
    const { exitCode } = await machine.orFailed(
      machine.agent.exec(['/usr/sbin/become'], { timeoutMs: becomeMs }),
    )
    if (exitCode !== 0) throw new DesktopError('vm/resume', `${exitCode} onboot containers failed in it`)
    return machine
  } catch (error) {
    await machine.quit()
    await machine[Symbol.asyncDispose]()
    throw error
  }
}

/** Shared memory stays open as long as the machine runs, so that other supervisors find it. */
async function resumeCopy(
  spec: VmSpec,
  saved: SavedState,
  files: UnparkFiles,
  options: MachineOptions,
): Promise<QemuMachine> {
  const commit = async (): Promise<void> => {}
  if (files.memory === undefined) return await resumeSaved(spec, saved, files, { ...options, commit })
  const { bytes } = files.memory
  const shared = await takeMemory(files.memory)
  try {
    const memory = { fd: shared.fd, bytes }
    const machine = await resumeSaved(spec, saved, files, { ...options, commit, memory })
    void machine.ended.finally(() => shared[Symbol.dispose]())
    return machine
  } catch (error) {
    shared[Symbol.dispose]()
    throw error
  }
}
