/** Data disk usage on the host and in the guest, and compaction: unused blocks are returned to the host. */
import { dirname } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { absent, type Observation, observedValue, present, unknown } from '../../observation.ts'
import { readDisk } from '../../observe/disk.ts'
import { freeSpace } from '../../observe/host.ts'
import type { ObservedDisk } from '../../observe/observed.ts'
import type { Control } from '../../supervisor/api/api.ts'
import { connectSupervisor } from '../../supervisor/api/client.ts'

const mountPoint = '/var/lib'

export interface DiskSpace {
  path: string
  /** The disk image: its size for the guest and its usage on the host. */
  disk: Observation<ObservedDisk>
  /** Free space where the disk image is stored. */
  hostFreeBytes: number | undefined
  inside: Observation<InsideSpace>
}

/** Space in the data disk's file system, as the VM sees it. */
export interface InsideSpace {
  totalBytes: number
  usedBytes: number
  availableBytes: number
}

/** Below this share of available space, dockerd and containers soon fail to write. */
const fullShare = 0.01

export const isFull = ({ totalBytes, availableBytes }: InsideSpace): boolean =>
  availableBytes < totalBytes * fullShare

export async function diskSpace(paths: EnvironmentPaths): Promise<DiskSpace> {
  const control = await connectSupervisor(paths)
  const [disk, hostFreeBytes, inside] = await Promise.all([
    readDisk(paths.dataDisk).catch(() => absent),
    freeSpace(dirname(paths.dataDisk)),
    control === undefined ? absent : spaceInside(control),
  ])
  return { path: paths.dataDisk, disk, hostFreeBytes, inside }
}

/** Absent if the VM is not running. */
export async function spaceInside(control: Control): Promise<Observation<InsideSpace>> {
  const { vm } = await control.facts()
  if (vm.state !== 'running') return vm.state === 'absent' ? absent : unknown(`the VM is ${vm.state}`)
  const { exitCode, stdout, stderr } = await control.guestExec([
    'stat',
    '-f',
    '-c',
    '%S %b %f %a',
    mountPoint,
  ])
  if (exitCode !== 0) return unknown(stderr.trim())
  return parseStat(stdout)
}

/** Parses `BLOCK_SIZE BLOCKS FREE AVAILABLE`, from statfs(2). */
export function parseStat(text: string): Observation<InsideSpace> {
  const [size = 0, blocks = 0, free = 0, available = 0] = text.trim().split(' ').map(Number)
  if (!(size > 0 && blocks > 0)) return unknown(`the guest reports about its disk: ${text.trim()}`)
  const [totalBytes, usedBytes] = [size * blocks, size * (blocks - free)]
  return present({ totalBytes, usedBytes, availableBytes: size * available })
}

export interface Compacted {
  before: DiskSpace
  after: DiskSpace
  /** Space gained on the host; never negative, although the guest may write meanwhile. */
  reclaimedBytes: number
}

/** Discards all blocks that no file uses. Needs a running guest, because only it knows its free blocks. */
export async function compactDisk(paths: EnvironmentPaths): Promise<Compacted> {
  const before = await diskSpace(paths)
  const control = await connectSupervisor(paths)
  if (control === undefined || before.inside.state !== 'present') {
    throw new DesktopError('vm/not-running', 'the VM must be running to find free blocks', {
      hint: 'run `desktop start` first',
    })
  }
  const { exitCode, stderr } = await control.guestExec(['fstrim', mountPoint], { timeoutMs: 600_000 })
  if (exitCode !== 0) throw new DesktopError('disk/failed', `fstrim in the guest: ${stderr.trim()}`)
  const after = await diskSpace(paths)
  const taken = ({ disk }: DiskSpace): number => observedValue(disk)?.allocatedBytes ?? 0
  return { before, after, reclaimedBytes: Math.max(0, taken(before) - taken(after)) }
}
