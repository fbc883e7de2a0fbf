/** The data disk as seen from the host and from the guest. */
import type { Compacted, DiskSpace } from '../../apply/environment/disk-space.ts'
import { formatBytes } from '../../config/units.ts'
import { megabytes, textOf } from './observations.ts'

export function diskView({ path, disk, hostFreeBytes, inside }: DiskSpace): string {
  const rows: [string, string][] = [
    ['file', path],
    ['size', textOf(disk, ({ virtualBytes }) => formatBytes(virtualBytes))],
    [
      'on the host',
      textOf(disk, ({ allocatedBytes }) => `uses ${megabytes(allocatedBytes)}${freeText(hostFreeBytes)}`),
    ],
    [
      'inside',
      textOf(inside, ({ totalBytes, usedBytes, availableBytes }) => {
        const share = Math.round((100 * usedBytes) / totalBytes)
        return `${megabytes(usedBytes)} used (${share} %), ${megabytes(availableBytes)} available`
      }),
    ],
  ]
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}\n`).join('')
}

export function compactedView({ before, after, reclaimedBytes }: Compacted): string {
  const taken = ({ disk }: DiskSpace): string =>
    textOf(disk, ({ allocatedBytes }) => megabytes(allocatedBytes))
  return `reclaimed ${megabytes(reclaimedBytes)}: the disk file uses ${taken(after)}, was ${taken(before)}\n`
}

const freeText = (bytes: number | undefined): string =>
  bytes === undefined ? '' : `, ${megabytes(bytes)} free`
