/**
 * Connects to a QEMU socket, and to no other process. QEMU can write to its socket folder: a symlink in place of a
 * socket would lead to a socket of another process. The peer's pid (SO_PEERCRED) shows this before anything is sent.
 */
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { DesktopError } from '../../errors/desktop-error.ts'
import { type DialOptions, dial } from '../../host/dial.ts'
import type { ProcessIdentity } from '../../host/identity.ts'

const SOL_SOCKET = 1
const SO_PEERCRED = 17

/** Throws `vm/wrong-peer` if another process listens there. The check works only on Linux. */
export async function dialQemu(
  path: string,
  { pid }: Pick<ProcessIdentity, 'pid'>,
  options: DialOptions,
): Promise<Socket> {
  const socket = await dial(path, options)
  const peer = await listenerOf(socket)
  if (peer === undefined || (await isOrDescends(peer, pid))) return socket
  socket.destroy()
  throw new DesktopError('vm/wrong-peer', `pid ${peer} listens on ${path}, but QEMU is pid ${pid}`)
}

type GetOption = (fd: number, level: number, name: number, value: Int32Array, bytes: Int32Array) => number

let getOption: GetOption | undefined

async function listenerOf(socket: Socket): Promise<number | undefined> {
  const fd = (socket as { _handle?: { fd?: number } | null })._handle?.fd ?? -1
  if (process.platform !== 'linux' || fd < 0) return undefined
  const { libcFunction } = await import('../../host/libc.ts')
  getOption ??= libcFunction(
    'int getsockopt(int fd, int level, int name, void *value, void *bytes)',
  ) as GetOption
  // struct ucred of the process that called listen(2).
  const credentials = new Int32Array(3)
  const bytes = Int32Array.of(credentials.byteLength)
  const failed = getOption(fd, SOL_SOCKET, SO_PEERCRED, credentials, bytes) < 0
  return failed ? undefined : credentials[0]
}

/** Some distributions wrap QEMU in a script that waits for it. */
async function isOrDescends(pid: number, ancestor: number): Promise<boolean> {
  for (let at = pid; at > 1; at = await parentOf(at)) if (at === ancestor) return true
  return false
}

async function parentOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The program's name may contain spaces and parentheses (proc_pid_stat(5)).
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0)
}
