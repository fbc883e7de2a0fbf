/**
 * Host folders in the VM, by virtiofs: QEMU's vhost-user-fs device, and for each folder a virtiofsd that exits with
 * QEMU. Each virtiofsd sees only its folder, in separate mount, network, IPC and PID namespaces, which also enforce
 * read-only access. Needs no root: without it, a user namespace maps the guest's root to the user.
 */
import { access, constants } from 'node:fs/promises'
import type { Share } from '../../config/desired.ts'
import { findProgram } from '../../host/packages.ts'
import type { Program } from '../../host/program.ts'
import { run } from '../../host/run.ts'
import type { VmDaemon } from '../spec.ts'

/** In QEMU's package on Debian 12, in a separate package later. Not in PATH, because users do not run it. */
const places = ['/usr/lib/qemu/virtiofsd', '/usr/libexec/virtiofsd', '/usr/lib/virtiofsd']
export const virtiofsdPackage = 'virtiofsd'

export async function findVirtiofsd(): Promise<string | undefined> {
  for (const path of places) {
    const found = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (found) return path
  }
  return await findProgram('virtiofsd')
}

export interface Virtiofsd extends Pick<Program, 'command'> {
  /** Whether it can save which files are open, so that the VM can be suspended. */
  savesOpenFiles: boolean
}

const capabilitiesMs = 10_000

/** QEMU 7.2's virtiofsd cannot. */
export async function savesOpenFiles(command: Program['command']): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(capabilitiesMs)
    const { code, stdout } = await run([...command, '--print-capabilities'], { signal })
    const { features } = JSON.parse(stdout) as { features?: unknown }
    return code === 0 && Array.isArray(features) && features.includes('migrate-precopy')
  } catch {
    return false
  }
}

/**
 * Files are found again by path, and verified by file handle: a file that was replaced meanwhile gives an error
 * instead of the content of another.
 */
const savingArgs = [
  '--migration-mode=find-paths',
  '--migration-verify-handles',
  '--migration-on-error=guest-error',
]

/**
 * Arguments: SOURCE SOCKET ACCESS VAR VIRTIOFSD…. A remount may only add `ro` to the existing mount flags
 * (user_namespaces(7)), and submounts of the folder are remounted too. /sys is covered by a tmpfs for the bind mount, and
 * /var by one if VAR is `own`. The folder and the socket may be below them, so they are opened by relative path first.
 */
const script = `
cd -- "$1"
mount -t tmpfs tmpfs /sys
mkdir /sys/desktop-share
mount -c --rbind . /sys/desktop-share
if [ "$3" = ro ]; then
  mounts=$(cat /proc/self/mountinfo)
  printf '%s\\n' "$mounts" | while read -r _ _ _ _ at flags _; do
    at=$(printf %b "$at")
    case $at in
      /sys/desktop-share | /sys/desktop-share/*) mount -o "remount,bind,ro\${flags#r[ow]}" "$at" ;;
    esac
  done
fi
cd -- "$(dirname -- "$2")"
if [ "$4" = own ]; then
  mount -t tmpfs tmpfs /var
  mkdir -p /var/run/virtiofsd
fi
socket=\${2##*/}
shift 4
exec "$@" --socket-path="$socket"
`

/**
 * Root in the VM cannot create device nodes or file capabilities here, and writing to a file clears its setuid bit; the
 * supervisor's filter denies new setuid bits (host/setuid-filter.ts).
 */
const serving = [
  ...['-f', '-o', 'source=/sys/desktop-share', '-o', 'sandbox=chroot', '-o', 'cache=auto'],
  ...['-o', 'no_xattr', '-o', 'modcaps=-mknod:-setfcap:-fsetid'],
]

interface DaemonOptions {
  virtiofsd: Virtiofsd
  socket: string
  /** Whether this process can mount without a user namespace. */
  isRoot: boolean
}

export function shareDaemon(
  { source, target, writable, events }: Share,
  { virtiofsd: { command, savesOpenFiles }, socket, isRoot }: DaemonOptions,
): VmDaemon {
  const unshare = [
    ...['unshare', ...(isRoot ? [] : ['--map-root-user']), '--mount', '--propagation', 'private'],
    ...['--net', '--ipc', '--pid', '--fork', '--kill-child', '--'],
  ]
  const access = writable ? 'rw' : 'ro'
  // QEMU's virtiofsd writes below /var/run. Programs in the cache, which may be below /var, do not.
  const variable = savesOpenFiles ? 'shared' : 'own'
  const server = [...command, ...serving, ...(savesOpenFiles ? savingArgs : [])]
  return {
    argv: [...unshare, 'sh', '-ec', script, 'sh', source, socket, access, variable, ...server],
    socket,
    target,
    ...(events ? { watched: { writable } } : {}),
    ...(savesOpenFiles ? { savesOpenFiles } : {}),
  }
}

/** Mount tag of the share with this index. */
export const shareTag = (index: number): string => `share${index}`
