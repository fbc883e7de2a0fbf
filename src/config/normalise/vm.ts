/** name and vm.*: name and size of the VM. */
import type { DesiredVm } from '../desired.ts'
import { nameOfFolder } from '../environment-name.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Path } from '../read/source.ts'
import { parseSize, sizeHint, usualSizes } from '../units.ts'
import type { Context, Report } from './report.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30
export function environmentName(given: string | undefined, { folder, report }: Context): string {
  if (given !== undefined) return given
  const name = nameOfFolder(folder)
  if (name === undefined)
    report([], 'the folder name is not a valid environment name', 'add name: to the file')
  return name ?? ''
}

/** @param at path of the section that has these keys */
export function vmSettings(
  raw: NonNullable<DesktopFile['vm']>,
  report: Report,
  at: Path = ['vm'],
): DesiredVm {
  const size = (key: 'memory' | 'swap' | 'disk', fallback: number, least: number, most: number): number => {
    const text = raw[key]
    if (text === undefined) return fallback
    const bytes = parseSize(text)
    if (bytes === undefined)
      report([...at, key], `"${text}" is not a size`, sizeHint(text, { least, most: usualSizes[key] }))
    else if (bytes < least) report([...at, key], `${text} is too small`, `use ${least / MiB}MiB or more`)
    else if (bytes > most) report([...at, key], `${text} is too large`, `${most / GiB}GiB is the maximum`)
    // QEMU counts memory in MiB and disks in sectors; a fraction would show as a change in every plan.
    return Math.floor((bytes ?? fallback) / MiB) * MiB
  }
  const diskBytes = size('disk', 20 * GiB, GiB, 65_536 * GiB)
  const swapBytes = size('swap', 0, 0, 65_536 * GiB)
  if (swapBytes > diskBytes / 2) {
    report([...at, 'swap'], `${raw.swap} is more than half of the data disk`, 'enlarge disk')
  }
  return {
    cpus: raw.cpus ?? 2,
    memoryBytes: size('memory', 2 * GiB, 512 * MiB, 4096 * GiB),
    swapBytes,
    diskBytes,
    accelerator: raw.accelerator ?? 'auto',
    aslr: raw.aslr ?? 'auto',
    qemu: raw.qemu ?? 'host',
    suspendOnStop: raw.suspendOnStop ?? true,
  }
}
