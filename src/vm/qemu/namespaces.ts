/**
 * QEMU in user, mount, network, IPC and PID namespaces that hold nothing but its programs, its disks and its sockets
 * (namespaces(7)): an attacker who escapes the guest finds no file, process or network of the host. Pure, but for `look`.
 */
import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What a QEMU is given of this host, by absolute paths. Absent in a spec that an earlier version wrote. */
export interface HostFiles {
  readOnly: readonly string[]
  writable: readonly string[]
  /** Logs; writable. */
  appended: readonly string[]
  /** QEMU makes its sockets in it; nothing else may lie there. */
  directory: string
}

/** A path as it is on this host. */
export interface Place {
  path: string
  /** With links resolved. */
  real: string
  kind: 'directory' | 'file'
  writable: boolean
}

/** Where distributions keep programs and what they load. A QEMU from elsewhere may need any folder, and gets all. */
const programFolders = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/nix/store', '/gnu/store']
const devices = ['/dev/null', '/dev/urandom', '/dev/kvm']
const loaderCache = '/etc/ld.so.cache'

export const isPackaged = (binary: string): boolean =>
  programFolders.some((folder) => binary.startsWith(`${folder}/`))

/** Those that exist; a missing disk is for QEMU to report. */
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
 * Root of a user namespace that maps root alone has no rights over what others own. As root, false when one of the places
 * is such: sudo keeps HOME on some systems.
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
  /** As mount(8) takes them, without `rw` or `ro`. */
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
 * Lines of an fstab(5) that build the new root below /sys, which no user's file lies under. A remount in a user namespace
 * must keep the flags of the mount that it copies, and binds what is mounted below only as it is, so each of those has a
 * line of its own.
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
  // umount(8) reads it, and takes it away with the old root.
  return `${[...lines, entry('/proc', '/proc', 'rbind')].join('\n')}\n`
}

const word = (text: string): string =>
  text.replaceAll(/[\s\\#]/g, (one) => `\\${one.charCodeAt(0).toString(8).padStart(3, '0')}`)

const entry = (source: string, target: string, options: string): string =>
  `${word(source)} ${word(`${newRoot}${target}`)} none ${options.replace(/,$/, '')} 0 0`

const newRoot = '/sys'

/**
 * Arguments: DIRECTORIES FILES TABLE CAPABILITIES COMMAND…, the first two one relative path a line. Descriptor 3 gets a line when
 * all is in place; until then nothing of COMMAND has run.
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
pivot_root . old
umount -l /old /proc
cd /
capabilities=$4
shift 4
echo ready >&3
exec setpriv "--bounding-set=$capabilities" --inh-caps=-all -- "$@" 3>&-
`

export interface Isolation {
  /** Root without a user namespace keeps the one capability that opens files of others (see belongsToRoot). */
  userNamespace: boolean
}

/** The command line that runs `argv` with these places only; undefined for paths that no table can hold. */
export function isolated(
  argv: readonly string[],
  places: readonly Place[],
  mountinfo: string,
  { userNamespace }: Isolation,
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
    ...argv,
  ]
}

/** Of this process. */
export const mountinfo = (): Promise<string> => readFile('/proc/self/mountinfo', 'utf8')
