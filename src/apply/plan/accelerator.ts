/**
 * Resolves the accelerator of this host: cheap facts first, then the result cached since the host booted,
 * then a probe that boots the guest's own kernel. Without a guest image it stays unknown.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Desired } from '../../config/desired.ts'
import type { GuestImage } from '../../guest/image.ts'
import { cachePaths } from '../../host/paths.ts'
import type { Program } from '../../host/program.ts'
import { type Observation, present, unknown } from '../../observation.ts'
import {
  type AcceleratorAnswer,
  type NativeAccelerator,
  nativeAccelerator,
  ruledOut,
} from '../../vm/probe/native.ts'
import { keepVerdict, readVerdict, type Verdict, verdictPath } from '../../vm/probe/verdict.ts'
import type { VmSpec } from '../../vm/spec.ts'
import { kernelCmdline, type VmSpecInputs, vmSpec } from './vm-spec.ts'

/** The effective value of `vm.accelerator`; unknown until QEMU is installed and the guest image is built. */
export async function resolveAccelerator(
  wanted: Desired['vm']['accelerator'],
  { qemu, image }: { qemu: Program | undefined; image: GuestImage | undefined },
): Promise<Observation<AcceleratorAnswer>> {
  if (wanted === 'tcg') return present({ accelerator: 'tcg' })
  const native = nativeAccelerator()
  const obstacle = await ruledOut(native)
  if (obstacle !== undefined) return present({ accelerator: 'tcg', ...obstacle })
  if (qemu === undefined) return unknown('QEMU is not installed')
  if (image === undefined) return unknown('decided once the guest kernel is built')
  const path = await verdictFile(native, qemu, image)
  const verdict = (await readVerdict(path)) ?? (await probe(path, native, qemu, image))
  return present(answerOf(verdict, native))
}

const verdictFile = (
  native: NativeAccelerator,
  { file }: Program,
  { kernelDigest }: GuestImage,
): Promise<string> => verdictPath(cachePaths().acceleratorDir, native, { binary: file, kernelDigest })

/** QEMU's accelerator, and the fallback of `accelerator: auto`. */
export async function specWithFallback(inputs: VmSpecInputs): Promise<VmSpec> {
  const { desired, accelerator, qemu, image } = inputs
  const spec = vmSpec(inputs)
  if (desired.vm.accelerator !== 'auto' || accelerator === 'tcg') return spec
  const emulated = vmSpec({ ...inputs, accelerator: 'tcg' })
  return { ...spec, fallback: { spec: emulated, verdictFile: await verdictFile(accelerator, qemu, image) } }
}

/** Notice about CPU emulation that the user did not configure. */
export const emulationNotice = ({ reason, hint }: AcceleratorAnswer): string | undefined =>
  reason === undefined ? undefined : `the CPU is emulated (tcg): ${reason}; ${hint}`

function answerOf(verdict: Verdict, native: NativeAccelerator): AcceleratorAnswer {
  if (verdict.works) return { accelerator: native }
  return {
    accelerator: 'tcg',
    reason: verdict.reason,
    hint: `repair or update the hypervisor that provides ${native}; desktop retries it after a reboot, or once ${cachePaths().acceleratorDir} is removed`,
  }
}

/** Text that the probe's init reads from its disk (templates/probe/init). */
const diskText = 'desktop probe disk\n'
const textOffset = 1024 * 512
const diskBytes = 1024 * 1024
/** An inconclusive probe on a busy host is repeated after this time. */
const undecidedMs = 600_000

async function probe(
  path: string,
  native: NativeAccelerator,
  { command }: Program,
  image: GuestImage,
): Promise<Verdict> {
  // Loaded on demand: the probe runs once per host boot.
  const [{ probeInit, probeInitrd }, { race }] = await Promise.all([
    import('../../guest/boot/probe-initrd.ts'),
    import('../../vm/probe/race.ts'),
  ])
  const dir = await mkdtemp(join(tmpdir(), 'desktop-probe-'))
  try {
    const [initrd, disk] = ['initrd', 'disk'].map((name) => join(dir, name)) as [string, string]
    const content = Buffer.alloc(diskBytes)
    content.write(diskText, textOffset)
    await writeFile(disk, content)
    await writeFile(initrd, await probeInitrd(image.initrd))
    const result = await race(
      {
        command,
        kernel: image.kernel,
        initrd,
        disk,
        cmdline: (accelerator) => `${kernelCmdline(image, accelerator)} rdinit=${probeInit}`,
      },
      native,
    )
    if (result.works !== 'undecided') {
      await keepVerdict(path, native, result)
      return result
    }
    const verdict: Verdict = { works: false, found: 'probe', reason: result.reason }
    await keepVerdict(path, native, verdict, undecidedMs)
    return verdict
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
