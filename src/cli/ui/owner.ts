/**
 * Owner of the process at the other end of a loopback connection, from the kernel's tables (proc_pid_net(5)).
 */
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

/** Whether the owner is this user or root. True on systems without such tables. */
export async function isOwn({ remotePort, localPort }: Socket): Promise<boolean> {
  // An IPv6 socket can also connect to 127.0.0.1.
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/net/${table}`, 'utf8').catch(() => undefined)),
  )
  if (tables.every((table) => table === undefined)) return true
  const uid = ownerIn(tables.join('\n'), remotePort ?? 0, localPort ?? 0)
  return uid !== undefined && (uid === 0 || uid === process.getuid?.())
}

/** 127.0.0.1 in both tables: hexadecimal words in host byte order. */
const loopback = /^(0{16}F{4}0{4})?0100007F:/

/** Lines `sl local_address rem_address st queues timer retransmissions uid …`; a port is four hexadecimal digits. */
export function ownerIn(tables: string, from: number, to: number): number | undefined {
  const isAt = (end: string, port: number): boolean =>
    loopback.test(end) && end.endsWith(`:${port.toString(16).toUpperCase().padStart(4, '0')}`)
  for (const line of tables.split('\n')) {
    const [, local = '', remote = '', , , , , uid] = line.trim().split(/\s+/)
    if (isAt(local, from) && isAt(remote, to)) return Number(uid)
  }
  return undefined
}
