/** Effects on the data disk: create, grow on the host and in the guest, or replace with an empty one. */
import { DesktopError } from '../../../errors/desktop-error.ts'
import type { EnvironmentPaths } from '../../../host/paths.ts'
import type { Control } from '../../../supervisor/api/api.ts'
import { createDisk, ensureDisk, growFile } from '../disk.ts'
import type { Effects } from '../effects.ts'

type DiskEffects = Pick<Effects, 'createDisk' | 'growDisk' | 'recreateDisk'>

export function diskEffects({ dataDisk }: Pick<EnvironmentPaths, 'dataDisk'>, control: Control): DiskEffects {
  return {
    createDisk: (bytes) => ensureDisk(dataDisk, bytes),
    growDisk: async (bytes) => {
      const { vm } = await control.facts()
      if (vm.state !== 'running') return growFile(dataDisk, bytes)
      await control.resizeDisk(bytes)
      await growFileSystem(control, bytes)
    },
    recreateDisk: (bytes) => createDisk(dataDisk, bytes),
  }
}

async function growFileSystem(control: Control, bytes: number): Promise<void> {
  const { exitCode, stdout, stderr } = await control.guestExec(['/usr/sbin/grow-disk'])
  if (exitCode !== 0)
    throw new DesktopError('disk/failed', `the guest could not grow the file system: ${stderr.trim()}`)
  const inside = Number(stdout.trim())
  // A file system uses some of the disk itself, but never half.
  if (!(inside > bytes / 2)) {
    throw new DesktopError('disk/failed', `after growing, the guest has a file system of ${inside} bytes`)
  }
}
