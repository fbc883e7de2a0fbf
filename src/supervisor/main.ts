/**
 * Entry point of the supervisor process: `supervisor NAME [PID [DIRECTORY]]`, with the pid of its parent and
 * the runtime directory. One supervisor holds the lock of a state directory; a second one exits at once.
 * SIGTERM and SIGINT end it and leave QEMU running, for the next supervisor to adopt.
 */
import { rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf } from '../errors/system.ts'
import { closeDirectory, privateDirectory } from '../host/directories.ts'
import { type DirectoryLock, lockDirectory } from '../host/flock.ts'
import { giveUpPrivileges } from '../host/least-privilege.ts'
import { locateEnvironment } from '../host/locate.ts'
import { baseDirs, type EnvironmentPaths, environmentPaths } from '../host/paths.ts'
import { until } from '../host/until.ts'
import { onWake } from '../host/wake.ts'
import { watchIdleHeap } from '../net/host/idle-heap.ts'
import { connectSupervisor } from './api/client.ts'
import { serveControl } from './api/server.ts'
import { ConsolePath } from './machine/console-path.ts'
import { guardProcess } from './process/boundary.ts'
import { openLog } from './process/log-file.ts'
import { Presence } from './process/presence.ts'
import { recoverState } from './process/recorded-requests.ts'
import { Supervisor } from './supervisor.ts'

/**
 * Takes the environment's lock; undefined if another supervisor serves it. Waits for a predecessor that is
 * exiting, but not for one that is serving, because this supervisor would then start far too late.
 */
async function lockUnlessServed(paths: EnvironmentPaths): Promise<DirectoryLock | undefined> {
  const { lock } = await until(
    async () => {
      const lock = await lockDirectory(paths.stateDir)
      if (lock !== undefined) return { lock }
      const served = await connectSupervisor(paths).catch(() => undefined)
      return served === undefined ? undefined : { lock: undefined }
    },
    { deadlineMs: 10_000 },
  )
  return lock
}

async function pathsOf(name: string, runtimeDir: string | undefined): Promise<EnvironmentPaths> {
  return runtimeDir === undefined
    ? await locateEnvironment(name)
    : environmentPaths(name, baseDirs(), runtimeDir)
}

/** Returns false if this supervisor was not needed. */
async function main(name: string, spawner: number | undefined, runtimeDir?: string): Promise<boolean> {
  // All files created here, including QEMU's, are private to this user.
  process.umask(0o077)
  const given = giveUpPrivileges()
  const paths = await pathsOf(name, runtimeDir)
  const { state, cache } = baseDirs()
  await Promise.all([state, cache].map(closeDirectory))
  await privateDirectory(paths.stateDir)
  await privateDirectory(paths.runtimeDir)
  await privateDirectory(dirname(paths.sockets.qmp))
  const log = openLog(paths.supervisorLog)
  // The lock, not a pid file, decides which process is the supervisor: it cannot outlive its holder.
  using lock = await lockUnlessServed(paths)
  // The parent no longer waits for this supervisor; the next command starts its own.
  if (lock === undefined || (spawner !== undefined && process.ppid !== spawner)) return false
  using presence = await Presence.announce(paths, lock, log)
  const stop = Promise.withResolvers<void>()
  await using supervisor = new Supervisor({
    paths,
    state: await recoverState(paths.supervisorState, log),
    log,
    exit: stop.resolve,
    show: (about) => presence.show(about),
    keeps: () => lock.holds(),
  })
  process.on('SIGTERM', () => stop.resolve()).on('SIGINT', () => stop.resolve())
  guardProcess({ log, recover: () => supervisor.recover(), exit: (code) => process.exit(code) })
  await supervisor.resume()
  const attach = () => supervisor.terminals.consoleIfAny()
  await using console = await ConsolePath.open({ path: paths.consoleTty, attach, log })
  await using server = await serveControl({
    socketPath: paths.sockets.control,
    calls: supervisor.calls,
    ...supervisor.served,
    onError: (call, error) =>
      log.error({ call, error: String((error as Error).stack ?? error) }, 'call failed'),
  })
  presence.watch({
    control: server.socket,
    restore: async () => {
      console?.relink()
      return await supervisor.restoreFiles()
    },
    // Without its state directory the VM cannot be found, and its disk was removed or moved.
    onLost: () => void supervisor.shutdown({ vm: 'stop' }).catch(() => stop.resolve()),
  })
  // For people and scripts only.
  await writeFile(paths.supervisorPid, String(process.pid)).catch((error: unknown) =>
    log.warn({ error: messageOf(error) }, 'no pid file'),
  )
  log.info({ pid: process.pid, ...given }, 'listening')
  using _memory = watchIdleHeap()
  using _wake = onWake(() => void supervisor.correctGuestClock())
  await stop.promise
  presence[Symbol.dispose]()
  // If the state directory was lost, a new one belongs to another supervisor.
  if (lock.holds()) await rm(paths.supervisorPid, { force: true })
  return true
}

const [name, spawner, runtimeDir] = process.argv.slice(2)
if (name === undefined) throw new Error('usage: supervisor NAME [PID [DIRECTORY]]')
// Not awaited: chunks loaded later import from this module and would wait for its evaluation.
main(name, spawner === undefined ? undefined : Number(spawner), runtimeDir).then(
  // Open sockets must not keep the process alive after it has released its lock.
  (served) => process.exit(served ? 0 : 1),
  (error: unknown) => {
    console.error(error)
    process.exit(1)
  },
)
