/** An image's files in LinuxKit's layout: without paths that Docker would mount over, plus fixed files. */
import type { Entry } from '../archive/entry.ts'
import { buildTime, directory, file, hosts, inTree, noResolvConf } from './fixed.ts'

const excluded: ReadonlySet<string> = new Set([
  '.dockerenv',
  'Dockerfile',
  'dev/console',
  'dev/pts',
  'dev/shm',
  'etc/hostname',
])

/** `resolvConf`: target of a symlink at etc/resolv.conf instead of the empty file. */
export interface ImageTreeOptions {
  /** Directory in the tree; empty for the root. */
  under: string
  resolvConf?: string
}

/** In upstream's order: the image's entries, then all fixed ones, including duplicates. */
export function imageTree(entries: readonly Entry[], { under, resolvConf }: ImageTreeOptions): Entry[] {
  const kept = entries
    .filter((entry) => !excluded.has(entry.path))
    .map((entry) => moved(replaced(entry, resolvConf), under))
  const ownMtab = entries.some(({ path }) => path === 'etc/mtab')
  const added = fixedEntries(resolvConf)
    .filter(({ path }) => path !== 'etc/mtab' || !ownMtab)
    .map((entry) => moved(entry, under))
  return [...kept, ...added]
}

/** A hard link's target is relative to the root, so it is moved too. */
function moved(entry: Entry, under: string): Entry {
  if (under === '') return entry
  const path = inTree(under, entry.path)
  return entry.type === 'hardlink'
    ? { ...entry, path, target: inTree(under, entry.target) }
    : { ...entry, path }
}

function replaced(entry: Entry, resolvConf: string | undefined): Entry {
  const { path, mode, uid, gid } = entry
  const common = { path, mode, uid, gid, mtime: buildTime }
  switch (path) {
    case 'etc/hosts':
      return { ...common, type: 'file', content: Buffer.from(hosts) }
    case 'etc/resolv.conf':
      if (resolvConf !== undefined) return { ...common, type: 'symlink', target: resolvConf }
      return { ...common, type: 'file', content: Buffer.from(noResolvConf) }
    case 'etc/mtab':
      return { ...entry, mtime: buildTime }
    default:
      return entry
  }
}

/** Symlink modes as in upstream; the kernel ignores them. */
function fixedEntries(resolvConf: string | undefined): Entry[] {
  const link = (path: string, target: string, mode: number): Entry => {
    return { type: 'symlink', path, target, mode, uid: 0, gid: 0, mtime: buildTime }
  }
  return [
    directory('dev'),
    directory('dev/pts'),
    directory('dev/shm'),
    directory('etc'),
    file('etc/hosts', hosts),
    link('etc/mtab', '/proc/mounts', 0o755),
    resolvConf === undefined
      ? file('etc/resolv.conf', noResolvConf)
      : link('etc/resolv.conf', resolvConf, 0o644),
    directory('proc'),
    directory('sys'),
  ]
}
