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

export function vmSpec({ desired, rendered, paths, binary, accelerator, image }: VmSpecInputs): VmSpec {
  const { link, qmp, agent, console } = paths.sockets
  const sockets = { link, qmp, agent, console }
  const cmdline = accelerator === 'tcg' ? `${image.cmdline} ${tcgCmdline}` : image.cmdline
  const argv = qemuArgv({
    binary,
    name: desired.name,
    cpus: desired.vm.cpus,
    memoryBytes: desired.vm.memoryBytes,
    accelerator,
    image: { kernel: image.kernel, initrd: image.initrd, root: image.root, cmdline },
    dataDisk: paths.dataDisk,
    metadataIso: paths.metadataIso,
    consoleLog: paths.consoleLog,
    sockets,
  })
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
