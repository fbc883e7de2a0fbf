/**
 * First start of a blank disk from a golden snapshot, which is created if missing by a temporary VM. After
 * any error, the disk is blank again and the VM boots normally.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Desired } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { metadataFile, metadataIso } from '../../guest/metadata/tree.ts'
import { writeAtomic } from '../../host/atomic-file.ts'
import { hostCpu } from '../../host/cpu.ts'
import { cachePaths } from '../../host/paths.ts'
import { sharedCall } from '../../host/shared-call.ts'
import { isBlankDisk } from '../../observe/disk.ts'
import type { OnProgress } from '../../progress.ts'
import type { Control } from '../../supervisor/api/api.ts'
import {
  forgetOldGolden,
  type GoldenSnapshot,
  goldenFailed,
  goldenFiles,
  goldenWorked,
  publishGolden,
  readGolden,
  stageGolden,
  takeGoldenDisk,
} from '../../vm/golden/snapshot.ts'
import { ramBytes } from '../../vm/qemu/argv.ts'
import type { VmSpec } from '../../vm/spec.ts'
import { goldenKey, type VmSpecInputs } from '../plan/vm-spec.ts'
import { createDisk } from './disk.ts'

/** `off` disables golden snapshots, which take some 300 MB per kind of VM. */
const wanted = (): boolean => process.env.DESKTOP_GOLDEN !== 'off'

/** Machines of one sizing share it; alone, a machine would keep pages that it has replaced. */
const sharesMemory = ({ machine }: Desired): boolean =>
  process.platform === 'linux' && (machine?.alike ?? 1) > 1

/** Machines that start together need one snapshot: the first makes it, and the others wait. */
const making = sharedCall<GoldenSnapshot>()

/** The metadata disk for creating a snapshot: as large as the real one, since the guest caches its size. */
function anybodysDisk(bytes: number): Uint8Array {
  const disk = metadataIso({ golden: metadataFile('') })
  return disk.length >= bytes ? disk : Buffer.concat([disk, Buffer.alloc(bytes - disk.length)])
}

/** Returns false if the VM still has to boot. A blank disk is then still blank. */
export async function startFresh(
  inputs: VmSpecInputs,
  spec: VmSpec,
  control: Control,
  onProgress: OnProgress,
): Promise<boolean> {
  const { paths, desired, rendered } = inputs
  // A saved machine cannot have shares.
  if (!wanted() || desired.shares.length > 0 || !(await isBlankDisk(paths.dataDisk))) return false
  const { goldenDir } = cachePaths()
  const metadata = metadataIso(rendered.metadata)
  const dir = join(goldenDir, goldenKey(inputs, metadata.length, sharesMemory(desired)))
  const files = goldenFiles(dir)
  let isUnusable = false
  let isTried = false
  try {
    const snapshot = await making(dir, async () => {
      const found = await usable(dir, inputs)
      return found ?? (await makeGolden(dir, inputs, spec, metadata.length, control, onProgress))
    })
    if (await isBlankDisk(paths.dataDisk)) await takeGoldenDisk(dir, paths.dataDisk)
    await writeAtomic(paths.metadataIso, metadata, { mode: 0o600 })
    const { qemuVersion, state, memory } = snapshot
    const result = await control.unparkVm(spec, {
      qemuVersion,
      state,
      file: files.state,
      ...(memory === undefined ? {} : { memory: { ...memory, file: files.memory } }),
    })
    if (result.resumed) {
      await goldenWorked(dir)
      return true
    }
    isTried = true
    isUnusable = result.unusable
    throw new Error(result.reason)
  } catch (error) {
    // After any error, do not replace a disk that a machine has open.
    const { vm } = await control.facts()
    if (vm.state !== 'absent' && vm.state !== 'exited') throw error
    const reason = messageOf(error)
    const message = `the VM could not start from a golden snapshot (${reason}); it boots instead`
    // An accelerator failure is reported once, when the VM has been replaced.
    const isSaidLater = error instanceof DesktopError && error.code === 'vm/accelerator'
    onProgress({ step: 'golden', message, ...(isSaidLater ? {} : { notice: true }) })
    // Other machines start from it too: one failure of this one alone is no reason to remove it.
    if (isUnusable) await rm(dir, { recursive: true, force: true })
    else if (isTried) await goldenFailed(dir)
    await createDisk(paths.dataDisk, desired.vm.diskBytes)
    if (hopeless(error)) throw error
    return false
  }
}

/** The guest does not boot at all; another attempt would only take as long. */
const hopeless = (error: unknown): boolean =>
  error instanceof DesktopError && (error.code === 'vm/panic' || error.code === 'vm/boot-timeout')

/** An emulated CPU is the same on every host. */
async function usable(dir: string, { accelerator }: VmSpecInputs): Promise<GoldenSnapshot | undefined> {
  const snapshot = await readGolden(dir)
  return accelerator === 'tcg' || snapshot?.hostCpu === hostCpu() ? snapshot : undefined
}

async function makeGolden(
  dir: string,
  inputs: VmSpecInputs,
  spec: VmSpec,
  metadataBytes: number,
  control: Control,
  onProgress: OnProgress,
): Promise<GoldenSnapshot> {
  onProgress({ step: 'golden', message: 'making a golden snapshot, from which fresh environments start' })
  const { goldenDir } = cachePaths()
  const { paths, image } = inputs
  await stageGolden(goldenDir, async (staged) => {
    await writeAtomic(paths.metadataIso, anybodysDisk(metadataBytes), { mode: 0o600 })
    const files = goldenFiles(staged)
    const { memoryBytes } = inputs.desired.vm
    const parked = await control.parkVm(spec, {
      state: files.state,
      ...(sharesMemory(inputs.desired)
        ? { memory: { file: files.memory, bytes: ramBytes(memoryBytes) } }
        : {}),
    })
    await publishGolden(staged, dir, paths.dataDisk, { ...parked, image: image.digest, hostCpu: hostCpu() })
  })
  await forgetOldGolden(goldenDir)
  const snapshot = await readGolden(dir)
  if (snapshot === undefined) throw new Error('it is incomplete')
  return snapshot
}
