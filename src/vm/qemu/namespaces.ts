/**
 * Runs QEMU in user, mount, network, IPC and PID namespaces with only its programs, disks and sockets (namespaces(7)):
 * an attacker who escapes the guest finds no files, processes or networks of the host. Pure, except for `look`.
 */
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Host paths visible to QEMU (absolute). Absent in specs written by earlier versions. */
export interface HostFiles {
  readOnly: readonly string[]
  writable: readonly string[]
  /** Logs; writable. */
  appended: readonly string[]
  /** Folder in which QEMU creates its sockets; must contain nothing else. */
  directory: string
}

/** A path and its type on this host. */
export interface Place {
  path: string
  /** With symlinks resolved. */
  real: string
  kind: 'directory' | 'file'
  writable: boolean
}

/** Program and library folders of common distributions. A QEMU outside them and its own files runs unconfined. */
const programFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/nix/store', '/gnu/store']
const devices = ['/dev/null', '/dev/urandom', '/dev/kvm']
const loaderCache = '/etc/ld.so.cache'

export const isContained = (binary: string, { readOnly }: HostFiles): boolean =>
  [...programFolders, ...readOnly].some((folder) => binary.startsWith(`${folder}/`))

/** Existing paths; QEMU reports a missing disk. */
export async function look({ readOnly, writable, appended, directory }: HostFiles): Promise<Place[]> {
  const wanted = [
    ...[...programFolders, loaderCache, ...readOnly].map((path) => ({ path, writable: false })),
    ...[...devices, ...writable, ...appended, directory].map((path) => ({ path, writable: true })),
  ]
  const found = await Promise.all(
    wanted.map(async ({ path, writable }): Promise<Place[]> => {
      try {
        const kind = (await stat(path)).isDirectory() ? 'directory' : 'file'
        return [{ path, real: await realpath(path), kind, writable }]
      } catch {
        return []
      }
    }),
  )
  return found.flat()
}

/**
 * In a user namespace that maps only root, root cannot access files of other users. Returns false if root in it could
 * not reach one of the paths, e.g. because sudo keeps HOME.
 */
export async function belongsToRoot(places: readonly Place[]): Promise<boolean> {
  const all = new Set(places.flatMap(({ real, path }) => [real, ...ancestors(real), ...ancestors(path)]))
  const owned = await Promise.all(
    [...all].map(async (path) => {
      const { uid, mode } = await stat(path)
      return uid === 0 || (mode & 0o001) !== 0
    }),
  )
  return owned.every(Boolean)
}

const ancestors = (path: string): string[] =>
  path === dirname(path) ? [path] : [...ancestors(dirname(path)), dirname(path)]

interface Mount {
  at: string
  /** Mount flags for mount(8), without `rw` or `ro`. */
  flags: string
}

const octal = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

/** @param text /proc/self/mountinfo (proc(5)). */
function mountsOf(text: string): Mount[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [, , , , at = '/', flags = ''] = line.split(' ')
      return { at: octal(at), flags: flags.replace(/^r[ow],?/, '') }
    })
}

const isBelow = (path: string, folder: string): boolean =>
  path.startsWith(folder === '/' ? '/' : `${folder}/`)

/**
 * fstab(5) lines that build the new root below /sys, where no user files are. In a user namespace, a remount must keep
 * the original mount flags and covers no submounts, so each submount has its own line.
 */
export function mountTable(places: readonly Place[], mountinfo: string): string {
  const mounts = mountsOf(mountinfo)
  const lines = places.flatMap(({ path, real, writable }) => {
    if (writable) return [entry(real, path, 'rbind')]
    const holder = mounts
      .filter(({ at }) => at === real || isBelow(real, at))
      .reduce((deepest, mount) => (mount.at.length >= deepest.at.length ? mount : deepest))
    const inner = mounts.filter(({ at }) => isBelow(at, real))
    return [
      entry(real, path, `rbind,ro,${holder.flags}`),
      ...inner.map(({ at, flags }) => entry(at, join(path, at.slice(real.length)), `bind,ro,${flags}`)),
    ]
  })
  // umount(8) needs /proc, and unmounts it with the old root.
  return `${[...lines, entry('/proc', '/proc', 'rbind')].join('\n')}\n`
}

const word = (text: string): string =>
  text.replaceAll(/[\s\\#]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`)

const entry = (source: string, target: string, options: string): string =>
  `${word(source)} ${word(`${newRoot}${target}`)} none ${options.replace(/,$/, '')} 0 0`

const newRoot = '/sys'

/**
 * Arguments: DIRECTORIES FILES TABLE CAPABILITIES DESCRIPTORS COMMAND…. DIRECTORIES and FILES list one relative path per
 * line. With DESCRIPTORS, /dev/fd shows COMMAND its own descriptors. A line on fd 3 signals that setup is complete and
 * COMMAND is about to run.
 */
const script = `
PATH=/usr/sbin:/usr/bin:/sbin:/bin:$PATH
mount -t tmpfs -o mode=755,size=1m,nr_inodes=4k tmpfs ${newRoot}
cd ${newRoot}
set -f
IFS='
'
mkdir -p $1
for file in $2; do : >"$file"; done
printf %s "$3" >table
mount -a -T table
: >table
if [ -n "$5" ]; then
  IFS=' ' read -r process _ </proc/self/stat
  mkdir -p dev/fd
  mount --bind "/proc/$process/fd" dev/fd
fi
pivot_root . old
umount -l /old /proc
cd /
capabilities=$4
shift 5
echo ready >&3
exec setpriv "--bounding-set=$capabilities" --inh-caps=-all -- "$@" 3>&-
`

export interface Isolation {
  /** Without a user namespace, root keeps the one capability for opening files of others (see belongsToRoot). */
  userNamespace: boolean
  /** Whether QEMU opens inherited files by name. */
  descriptors?: boolean
}

/** The command line that runs `argv` with only these places; undefined if a path cannot be written in an fstab. */
export function isolated(
  argv: readonly string[],
  places: readonly Place[],
  mountinfo: string,
  { userNamespace, descriptors = false }: Isolation,
): string[] | undefined {
  if (places.some(({ path, real }) => `${path}${real}`.includes('\n'))) return undefined
  const relative = (path: string): string => `.${path}`
  const directories = places.map(({ path, kind }) => (kind === 'directory' ? path : dirname(path)))
  const files = places.filter(({ kind }) => kind === 'file').map(({ path }) => relative(path))
  return [
    ...['unshare', ...(userNamespace ? ['--user', '--map-root-user'] : [])],
    ...['--mount', '--propagation', 'private', '--net', '--ipc', '--pid', '--fork', '--kill-child', '--'],
    ...['sh', '-ec', script, 'sh'],
    ['./old', './proc', ...new Set(directories.map(relative))].join('\n'),
    files.join('\n'),
    mountTable(places, mountinfo),
    userNamespace ? '-all' : '-all,+dac_override',
    descriptors ? 'descriptors' : '',
    ...argv,
  ]
}

/** Mounts of this process. */
export const mountinfo = (): Promise<string> => readFile('/proc/self/mountinfo', 'utf8')
