/** Saves a running machine: memory and disk are from the same instant. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { writeAtomic } from '../../host/atomic-file.ts'
import { hostCpu } from '../../host/cpu.ts'
import type { ProcessIdentity } from '../../host/identity.ts'
import type { GuestAgent } from '../agent/agent.ts'
import type { Qmp } from '../qemu/qmp.ts'
import type { VmSpec } from '../spec.ts'
import { saveBlocker } from './blocker.ts'
import { qemuVersion, resumeCpu, saveState } from './qemu.ts'
import { discardSaved, markOf, type SavedFiles, type SavedMachine, savedFormat } from './saved.ts'

/** Paths, and data that the machine itself does not have. */
export interface SaveOptions extends Pick<SavedMachine, 'network' | 'guest' | 'running'> {
  files: SavedFiles
  dataDisk: string
}

interface Running {
  readonly spec: VmSpec
  readonly qmp: Qmp
  readonly agent: GuestAgent
  readonly daemons: readonly ProcessIdentity[] | undefined
  quit(): Promise<void>
}

const syncMs = 60_000

/**
 * Saves the machine and ends QEMU. On failure, throws `vm/suspend-failed` and the guest continues. Guest file systems
 * are synced first, so that no data is lost if the state cannot be loaded later.
 */
export async function suspendMachine(machine: Running, options: SaveOptions): Promise<SavedMachine> {
  const { files, dataDisk, network, guest, running } = options
  const { qmp, agent, spec } = machine
  const blocker = await saveBlocker(machine)
  if (blocker !== undefined) throw new DesktopError('vm/suspend-failed', blocker)
  try {
    await agent.exec(['sync'], { timeoutMs: syncMs })
    await agent.closeFiles()
    const version = await qemuVersion(qmp)
    const state = await saveState(qmp, files)
    const saved: SavedMachine = {
      format: savedFormat,
      savedAt: new Date().toISOString(),
      spec,
      qemuVersion: version,
      hostCpu: hostCpu(),
      state,
      disk: await markOf(dataDisk),
      network,
      guest,
      running,
    }
    await writeManifest(saved, files).catch(async (error: unknown) => {
      await resumeCpu(qmp)
      throw error
    })
    await machine.quit()
    // QEMU released the disk when the state was complete; this detects a later write.
    const disk = await markOf(dataDisk)
    if (JSON.stringify(disk) === JSON.stringify(saved.disk)) return saved
    await writeManifest({ ...saved, disk }, files)
    return { ...saved, disk }
  } catch (error) {
    // If even that fails, the remaining files match neither checksum nor disk, and are not resumed.
    await discardSaved(files).catch(() => {})
    throw new DesktopError('vm/suspend-failed', messageOf(error), { cause: error })
  }
}

const writeManifest = (saved: SavedMachine, { manifest }: SavedFiles): Promise<void> =>
  writeAtomic(manifest, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600 })
