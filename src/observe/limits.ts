/** Limits of this host: ports, listen addresses, memory, and socket folders. */
import { access, constants, lstat } from 'node:fs/promises'
import { networkInterfaces, totalmem } from 'node:os'
import { dirname } from 'node:path'
import { systemCode } from '../errors/system.ts'
import { readIfExists } from '../host/atomic-file.ts'
import type { HostLimits, SocketPlace } from './observed.ts'

export async function observeLimits(socketPaths: readonly string[]): Promise<HostLimits> {
  const [lowestPort, places] = await Promise.all([
    lowestUserPort(),
    Promise.all(socketPaths.map(async (path) => [path, await socketPlace(path)] as const)),
  ])
  return {
    lowestPort,
    addresses: Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)),
    memoryBytes: memoryBytes(),
    socketPlaces: Object.fromEntries(places),
  }
}

/** CAP_NET_BIND_SERVICE is bit 10 of the effective set (capabilities(7)). */
const bindService = 1n << 10n

/** Lowest port that this process may listen on: ip_unprivileged_port_start (ip(7)), or 1 with the capability. */
async function lowestUserPort(): Promise<number> {
  const [status, start] = await Promise.all([
    readIfExists('/proc/self/status'),
    readIfExists('/proc/sys/net/ipv4/ip_unprivileged_port_start'),
  ])
  // On macOS every user can listen on all ports of the wildcard address.
  if (status === undefined) return 1
  const effective = BigInt(`0x${/^CapEff:\s*([\da-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  return (effective & bindService) === 0n ? Number(start?.trim() ?? 1024) : 1
}

/** Memory of the host, or limit of this process's control group. */
function memoryBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

async function socketPlace(path: string): Promise<SocketPlace> {
  try {
    const found = await lstat(path)
    return found.isSocket() ? 'socket' : found.isDirectory() ? 'directory' : 'file'
  } catch (error) {
    if (systemCode(error) === 'ENOTDIR') return 'no-folder'
    if (systemCode(error) !== 'ENOENT') return 'unwritable'
  }
  try {
    await access(dirname(path), constants.W_OK | constants.X_OK)
    return 'free'
  } catch (error) {
    return systemCode(error) === 'ENOENT' ? 'no-folder' : 'unwritable'
  }
}
