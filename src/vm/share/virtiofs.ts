/**
 * Host folders in the VM, by virtiofs: QEMU's vhost-user-fs device, and for each folder a virtiofsd that exits with
 * QEMU. Each virtiofsd sees only its folder, in separate mount, network, IPC and PID namespaces, which also enforce
 * read-only access. Needs no root: without it, a user namespace maps the guest's root to the user.
 */
import { access, constants } from 'node:fs/promises'
import type { Share } from '../../config/desired.ts'
import { findProgram } from '../../host/packages.ts'
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

/**
 * Root in the VM cannot create device nodes or file capabilities here, and writing to a file clears its setuid bit; the
 * supervisor's filter denies new setuid bits (host/setuid-filter.ts).
 *
 * Arguments: SOURCE SOCKET VIRTIOFSD ACCESS. A remount may only add `ro` to the existing mount flags
 * (user_namespaces(7)), and submounts of the folder are remounted too. /mnt is covered by a tmpfs for the bind mount,
 * and /var by one because virtiofsd writes below /var/run. The folder and the socket may be below them, so they are
 * opened by relative path first.
 */
const script = `
cd -- "$1"
mount -t tmpfs tmpfs /mnt
mkdir /mnt/desktop-share
mount -c --rbind . /mnt/desktop-share
if [ "$4" = ro ]; then
  mounts=$(cat /proc/self/mountinfo)
  printf '%s\\n' "$mounts" | while read -r _ _ _ _ at flags _; do
    at=$(printf %b "$at")
    case $at in
      /mnt/desktop-share | /mnt/desktop-share/*) mount -o "remount,bind,ro\${flags#r[ow]}" "$at" ;;
    esac
  done
fi
cd -- "$(dirname -- "$2")"
mount -t tmpfs tmpfs /var
mkdir -p /var/run/virtiofsd
exec "$3" -f --socket-path="\${2##*/}" -o source=/mnt/desktop-share -o sandbox=chroot -o cache=auto \\
  -o no_xattr -o modcaps=-mknod:-setfcap:-fsetid
`

interface DaemonOptions {
  virtiofsd: string
  socket: string
  /** Whether this process can mount without a user namespace. */
  isRoot: boolean
}

export function shareDaemon(
  { source, target, writable, events }: Share,
  { virtiofsd, socket, isRoot }: DaemonOptions,
): VmDaemon {
  const unshare = [
    ...['unshare', ...(isRoot ? [] : ['--map-root-user']), '--mount', '--propagation', 'private'],
    ...['--net', '--ipc', '--pid', '--fork', '--kill-child', '--'],
  ]
  const access = writable ? 'rw' : 'ro'
  return {
    argv: [...unshare, 'sh', '-ec', script, 'sh', source, socket, virtiofsd, access],
    socket,
    target,
    ...(events ? { watched: { writable } } : {}),
  }
}

/** Mount tag of the share with this index. */
export const shareTag = (index: number): string => `share${index}`
