/** Sizing, image and paths → QEMU's arguments, and the three hashes that decide whether to restart. */
import { dirname } from 'node:path'
import type { Accelerator, Desired, DesiredVm, Share } from '../../config/desired.ts'
import { type Extension, extensionParts } from '../../guest/extension.ts'
import type { GuestImage } from '../../guest/image.ts'
import { bootMetadataDigest, type RenderedGuest, tcgArguments } from '../../guest/render.ts'
import { type EnvironmentPaths, shareSocket } from '../../host/paths.ts'
import type { Program } from '../../host/program.ts'
import { hashArgv, qemuArgv } from '../../vm/qemu/argv.ts'
import type { TcgThread } from '../../vm/qemu/tcg-thread.ts'
import { shareDaemon, type Virtiofsd } from '../../vm/share/virtiofs.ts'
import type { VmParts, VmSpec } from '../../vm/spec.ts'

export interface VmSpecInputs {
  desired: Desired
  rendered: RenderedGuest
  paths: EnvironmentPaths
  qemu: Program
  /** undefined if there are no shares. */
  virtiofsd: Virtiofsd | undefined
  accelerator: Accelerator
  tcgThread: TcgThread
  image: GuestImage
}

/** Values of the keys that need a restart, by entry name; used in plans to show differences. */
export function partsOf({ shares, guest }: Desired, extension: Extension): VmParts {
  const shareText = ({ source, writable, events }: Share): string =>
    `${source}${writable ? ', writable' : ''}${events ? '' : ', no file events'}`
  return {
    ...extensionParts(extension),
    ...(guest.builder === 'desktop' ? {} : { builder: { [guest.builder]: 'found on PATH' } }),
    shares: Object.fromEntries(shares.map((share) => [share.target, shareText(share)])),
  }
}

export const kernelCmdline = (
  { cmdline }: Pick<GuestImage, 'cmdline'>,
  accelerator: Accelerator,
  aslr: DesiredVm['aslr'] = 'auto',
): string => (accelerator === 'tcg' ? `${cmdline} ${tcgArguments(aslr)}` : cmdline)

export function vmSpec(inputs: VmSpecInputs): VmSpec {
  const { desired, rendered, paths, qemu, virtiofsd, accelerator, image } = inputs
  const { link, channel, qmp, agent, console } = paths.sockets
  const sockets = { link, channel, qmp, agent, console }
  const isRoot = process.getuid?.() === 0
  const daemons =
    virtiofsd === undefined
      ? []
      : desired.shares.map((share, index) =>
          shareDaemon(share, { virtiofsd, socket: shareSocket(paths, index), isRoot }),
        )
  const shares = daemons.map(({ socket }) => socket)
  const argv = qemuArgv({ ...machineOf(inputs), ...filesOf(paths), shares, sockets })
  const unwatched = desired.shares.filter(({ events }) => !events).map(({ target }) => `unwatched ${target}`)
  return {
    argv,
    accelerator,
    hashes: {
      image: image.digest,
      metadata: bootMetadataDigest(rendered.metadata),
      argv: hashArgv([...argv, ...daemons.flatMap((daemon) => daemon.argv), ...unwatched]),
      parts: partsOf(desired, rendered.extension),
    },
    sockets,
    consoleLog: paths.consoleLog,
    files: {
      readOnly: [
        ...(qemu.folder === undefined ? [] : [qemu.folder]),
        ...[image.kernel, image.initrd, image.root, paths.metadataIso],
      ],
      writable: [paths.dataDisk],
      appended: [paths.consoleLog],
      directory: dirname(qmp),
    },
    ...(daemons.length === 0 ? {} : { daemons }),
  }
}

const machineOf = ({ desired, qemu, accelerator, tcgThread, image }: VmSpecInputs) => ({
  command: qemu.command,
  name: desired.name,
  cpus: desired.vm.cpus,
  memoryBytes: desired.vm.memoryBytes,
  accelerator,
  tcgThread,
  isSandboxed: process.platform === 'linux',
  image: {
    kernel: image.kernel,
    initrd: image.initrd,
    root: image.root,
    cmdline: kernelCmdline(image, accelerator, desired.vm.aslr),
  },
})

const filesOf = ({ dataDisk, metadataIso, consoleLog }: EnvironmentPaths) => ({
  dataDisk,
  metadataIso,
  consoleLog,
})

/**
 * Key of VMs that can share a golden snapshot: identical except for name and file locations. Includes the
 * disk sizes, because the guest reads them.
 */
export function goldenKey(inputs: VmSpecInputs, metadataBytes: number, sharesMemory: boolean): string {
  const anybody = { dataDisk: 'data', metadataIso: 'metadata', consoleLog: 'console' }
  const sockets = { link: 'link', channel: 'channel', qmp: 'qmp', agent: 'agent', console: 'console' }
  const argv = qemuArgv({ ...machineOf(inputs), name: 'anybody', ...anybody, sockets })
  const { image, desired } = inputs
  // A snapshot contains its image, so another image with the same digest needs other snapshots.
  const sizes = [String(desired.vm.diskBytes), String(metadataBytes)]
  const memory = sharesMemory ? ['shared memory'] : []
  return hashArgv([...argv, image.digest, image.content, ...sizes, ...memory])
    .replace('sha256:', '')
    .slice(0, 32)
}
