/** shares: host folders in the VM. A plan checks whether they exist. */
import { posix } from 'node:path'
import type { Share } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Path } from '../read/source.ts'
import { filePath } from './paths.ts'
import type { Context } from './report.ts'

/** Directories of the VM and its engine, which must not be covered or contain mounts. */
const taken = [
  ...['/bin', '/boot', '/containers', '/dev', '/etc', '/init', '/lib', '/lib64', '/proc', '/run'],
  ...['/sbin', '/sys', '/usr', '/var'],
]
/** System directories too, but a share may be below one. */
const onlyBelow = ['/', '/root', '/tmp']

const isIn = (path: string, directory: string): boolean =>
  path === directory || path.startsWith(directory === '/' ? '/' : `${directory}/`)

/** QEMU uses one PCI slot per share. */
const most = 16

export function shareList(raw: NonNullable<DesktopFile['shares']>, context: Context): Share[] {
  const { report } = context
  if (raw.length > most) {
    report(['shares'], `${raw.length} shares exceed the limit`, `${most} are allowed`)
    return []
  }
  const shares: Share[] = []
  raw.forEach((given, index) => {
    // The schema has already reported it.
    if (given === undefined) return
    const path: Path = ['shares', index]
    const source = filePath(given.source, [...path, 'source'], context)
    const target = posix.normalize(given.target ?? source).replace(/(.)\/$/, '$1')
    const refused = refusal(target, shares)
    if (refused !== undefined) report([...path, given.target === undefined ? 'source' : 'target'], ...refused)
    if (source === '/')
      report([...path, 'source'], 'the root directory of this host cannot be shared', 'share a folder')
    if (/[\n\t]/.test(target + source))
      report(path, 'a share path must be one line without tabs', 'rename the folder')
    shares.push({ source, target, writable: given.writable ?? false, events: given.events ?? true })
  })
  return shares
}

/** Whether a host folder cannot be shared at its own path. */
export const needsTarget = (path: string): boolean =>
  onlyBelow.includes(path) || taken.some((directory) => isIn(path, directory))

/** Reason why the target is invalid, and a fix. */
function refusal(target: string, before: readonly Share[]): [message: string, hint: string] | undefined {
  const hint = 'set target to a dedicated folder, e.g. /work'
  if (onlyBelow.includes(target)) return [`${target} as a whole cannot be a share`, hint]
  const owner = taken.find((directory) => isIn(target, directory))
  if (owner !== undefined) return [`the VM itself needs ${owner}`, hint]
  const other = before.find((one) => isIn(target, one.target) || isIn(one.target, target))
  if (other === undefined) return undefined
  const how =
    other.target === target ? 'is a share already' : `and the share ${other.target} lie in each other`
  return [`${target} ${how}`, 'keep one of the two']
}
