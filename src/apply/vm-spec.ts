/** Sizing, image and paths → what QEMU is started with, and the three hashes that decide a restart. */
import type { Accelerator, Desired } from '../config/desired.ts'
import type { GuestImage } from '../guest/image.ts'
import { bootMetadataDigest, type RenderedGuest, tcgCmdline } from '../guest/render.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import type { VmSpec } from '../supervisor/api.ts'
import { hashArgv, qemuArgv } from '../vm/qemu/argv.ts'

export interface VmSpecInputs {
  desired: Desired
  rendered: RenderedGuest
  paths: EnvironmentPaths
  /** QEMU's binary, by absolute path. */
  binary: string
  accelerator: Accelerator
  image: GuestImage
}

export function vmSpec(inputs: VmSpecInputs): VmSpec {
  const { rendered, paths, accelerator, image } = inputs
  const { link, qmp, agent, console } = paths.sockets
  const sockets = { link, qmp, agent, console }
  const argv = qemuArgv({ ...machineOf(inputs), ...filesOf(paths), sockets })
  return {
    argv,
    accelerator,
    hashes: {
      image: image.digest,
      metadata: bootMetadataDigest(rendered.metadata),
      argv: hashArgv(argv),
    },
    sockets,
    consoleLog: paths.consoleLog,
  }
}

const machineOf = ({ desired, binary, accelerator, image }: VmSpecInputs) => ({
  binary,
  name: desired.name,
  cpus: desired.vm.cpus,
  memoryBytes: desired.vm.memoryBytes,
  accelerator,
  image: {
    kernel: image.kernel,
    initrd: image.initrd,
    root: image.root,
    cmdline: accelerator === 'tcg' ? `${image.cmdline} ${tcgCmdline}` : image.cmdline,
  },
})

const filesOf = ({ dataDisk, metadataIso, consoleLog }: EnvironmentPaths) => ({
  dataDisk,
  metadataIso,
  consoleLog,
})

/**
 * Names the kind of VM of which all can start from one golden snapshot: the same machine in every respect but its name and
 * where its files are. The guest knows the sizes of its disks, so they count.
 */
export function goldenKey(inputs: VmSpecInputs, metadataBytes: number): string {
  const anybody = { dataDisk: 'data', metadataIso: 'metadata', consoleLog: 'console' }
  const sockets = { link: 'link', qmp: 'qmp', agent: 'agent', console: 'console' }
  const argv = qemuArgv({ ...machineOf(inputs), name: 'anybody', ...anybody, sockets })
  return hashArgv([...argv, inputs.image.digest, String(inputs.desired.vm.diskBytes), String(metadataBytes)])
    .replace('sha256:', '')
    .slice(0, 32)
}
