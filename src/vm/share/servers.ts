/** virtiofsd processes of a VM: their state, and processes that no VM needs any longer. */
import { constants } from 'node:fs'
import { type FileHandle, open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { endProcess } from '../../host/end-process.ts'
import { answersEventCalls } from '../../host/event-calls.ts'
import { commandLineOf, findProcesses, isAlive, type ProcessIdentity } from '../../host/identity.ts'
import { plainEnvironment } from '../../host/plain-environment.ts'
import type { MachineRecord } from '../machine-record.ts'
import type { ShareState } from '../spec.ts'

/**
 * Environment variable with the socket path. The command line cannot show it, because the server changes its directory
 * and root.
 */
const marker = 'DESKTOP_SHARE_SOCKET'
/** Set to `answered` if the server runs under a filter that answers the calls of host/event-calls.ts. */
const eventMarker = 'DESKTOP_SHARE_EVENTS'

export const serverEnvironment = (socket: string): NodeJS.ProcessEnv => ({
  ...plainEnvironment(),
  [marker]: socket,
  [eventMarker]: answersEventCalls() ? 'answered' : '',
})

/** Servers of an earlier version would run these calls, and change the host's files. */
export async function answersEvents({ pid }: ProcessIdentity): Promise<boolean> {
  return (await variableOf(pid, eventMarker)) === 'answered'
}

const { O_DIRECTORY, O_RDONLY } = constants

/**
 * The folder that a server serves, which is the root of its file system. Its path is no substitute: in another writable
 * share, the VM can replace it by a link.
 */
export async function openServedFolder(server: ProcessIdentity): Promise<FileHandle> {
  const folder = await open(`/proc/${server.pid}/root`, O_RDONLY | O_DIRECTORY)
  try {
    const [served, own] = await Promise.all([folder.stat(), stat('/')])
    if (!(await isAlive(server)) || (served.dev === own.dev && served.ino === own.ino))
      throw new Error('virtiofsd does not run, or its root is not the share')
    return folder
  } catch (error) {
    await folder.close()
    throw error
  }
}

/** In order; undefined for a VM without shares, and for one whose record lacks the processes. */
export async function shareStates({
  spec,
  daemons,
}: Pick<MachineRecord, 'spec' | 'daemons'>): Promise<readonly ShareState[] | undefined> {
  if (daemons === undefined || daemons.length === 0) return undefined
  return await Promise.all(
    daemons.map(async (daemon, index) => {
      const { target, socket } = spec.daemons?.[index] ?? {}
      return { target: target ?? socket ?? '', served: await isAlive(daemon) }
    }),
  )
}

/**
 * The init process of a PID namespace receives only signals that it handles, and not every virtiofsd handles SIGTERM.
 */
const graceMs = 500

/** Ends servers that did not exit with their QEMU. */
export async function endServers(daemons: readonly ProcessIdentity[]): Promise<void> {
  await Promise.all(daemons.map((daemon) => endProcess(daemon, graceMs)))
}

/** All processes with a socket in this directory, including those never used by a QEMU; Linux only. */
export function findServers(directory: string): Promise<ProcessIdentity[]> {
  return findProcesses(async (pid) => {
    const socket = await variableOf(pid, marker)
    if (socket === undefined || dirname(socket) !== directory) return false
    // unshare waits for the server, and exits with it.
    return (await commandLineOf(pid))?.[0] !== 'unshare'
  })
}

async function variableOf(pid: number, name: string): Promise<string | undefined> {
  // Processes of other users are not readable.
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  const entry = environment.split('\0').find((text) => text.startsWith(`${name}=`))
  return entry?.slice(name.length + 1)
}
