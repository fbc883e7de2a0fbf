/** Process that owns a port, from /proc: for the error message of a mapping that cannot listen. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

const listening = { tcp: '0A', udp: '07' }

/** `nginx (pid 4711)`; undefined if not visible, for example another user's process. */
export function portOwner(protocol: 'tcp' | 'udp', port: number): string | undefined {
  try {
    const inodes = new Set(['', '6'].flatMap((family) => inodesOf(protocol, family, port)))
    return inodes.size === 0 ? undefined : processWith(inodes)
  } catch {
    // No /proc on this system.
    return undefined
  }
}

/** Lines are `sl local_address rem_address st … inode`, addresses in hex. */
function inodesOf(protocol: 'tcp' | 'udp', family: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync(`/proc/net/${protocol}${family}`, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === listening[protocol])
    .map((fields) => `socket:[${fields[9]}]`)
}

function processWith(sockets: ReadonlySet<string>): string | undefined {
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid) || !holdsOne(pid, sockets)) continue
    return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (pid ${pid})`
  }
  return undefined
}

function holdsOne(pid: string, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`)))
  } catch {
    return false
  }
}
