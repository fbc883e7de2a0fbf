/**
 * Entry of the supervisor process: `supervisor NAME [PID]`, with the pid of who starts it. One per environment; a second one ends at once.
 * SIGTERM and SIGINT end it and leave QEMU running, for the next supervisor to adopt.
 */
import { rm, writeFile } from 'node:fs/promises'
import pino from 'pino'
import { DesktopError, messageOf } from '../errors.ts'
import { privateDirectory } from '../host/directories.ts'
import { acquireLock, type Lock } from '../host/flock.ts'
import { type EnvironmentPaths, environmentPaths } from '../host/paths.ts'
import { until } from '../host/until.ts'
import { onWake } from '../host/wake.ts'
import { connectSupervisor } from './client.ts'
import { ConsolePath } from './console-path.ts'
import { serveControl } from './server.ts'
import { recoverState } from './state.ts'
import { Supervisor } from './supervisor.ts'

/**
 * The lock of the environment's supervisor; undefined when another one serves it. A predecessor that is about to
 * end is waited for, but one that serves is not: who waited for it would come up long after it was asked for.
 */
function lockUnlessServed(paths: EnvironmentPaths): Promise<Lock | undefined> {
  const lock = (): Promise<Lock> => acquireLock(paths.supervisorLock, { command: 'desktop supervisor' })
  return until(
    async () => {
      try {
        return { lock: await lock() }
      } catch (error) {
        if (!(error instanceof DesktopError) || error.code !== 'lock/held') throw error
        const served = await connectSupervisor(paths).catch(() => undefined)
        return served === undefined ? undefined : { lock: undefined }
      }
    },
    { deadlineMs: 10_000 },
  ).then(({ lock }) => lock)
}

/** False when this one was not needed. */
async function main(name: string, spawner: number | undefined): Promise<boolean> {
  const paths = environmentPaths(name)
  await privateDirectory(paths.stateDir)
  await privateDirectory(paths.runtimeDir)
  const log = pino(pino.destination({ dest: paths.supervisorLog, append: true, mkdir: true, sync: true }))
  // The lock, not the pid file, decides who is the supervisor: it cannot outlive its holder.
  const lock = await lockUnlessServed(paths)
  // Nobody waits for this one any more; the next command starts its own.
  if (lock === undefined || (spawner !== undefined && process.ppid !== spawner)) {
    await lock?.[Symbol.asyncDispose]()
    return false
  }
  const stop = Promise.withResolvers<void>()
  await using supervisor = new Supervisor({
    paths,
    state: await recoverState(paths.supervisorState, log),
    log,
    exit: stop.resolve,
  })
  process.on('SIGTERM', () => stop.resolve()).on('SIGINT', () => stop.resolve())
  process.on('uncaughtException', (error) => {
    log.fatal({ error: error.stack }, 'uncaught')
    process.exit(1)
  })
  await supervisor.resume()
  const server = await serveControl({
    socketPath: paths.sockets.control,
    control: supervisor,
    streams: { console: () => supervisor.terminals.console(), shell: () => supervisor.terminals.shell() },
    capture: (...request) => supervisor.capture(...request),
    metrics: () => supervisor.metrics(),
    onError: (call, error) =>
      log.error({ call, error: String((error as Error).stack ?? error) }, 'call failed'),
  })
  const attach = () => supervisor.terminals.consoleIfAny()
  await using _console = await ConsolePath.open({ path: paths.consoleTty, attach, log })
  // For people and their scripts only.
  await writeFile(paths.supervisorPid, String(process.pid)).catch((error: unknown) =>
    log.warn({ error: messageOf(error) }, 'no pid file'),
  )
  log.info({ pid: process.pid }, 'listening')
  using _wake = onWake(() => void supervisor.correctGuestClock())
  await stop.promise
  server.close()
  server.closeAllConnections()
  await rm(paths.sockets.control, { force: true })
  await rm(paths.supervisorPid, { force: true })
  await lock[Symbol.asyncDispose]()
  return true
}

const [name, spawner] = process.argv.slice(2)
if (name === undefined) throw new Error('usage: supervisor NAME [PID]')
const served = await main(name, spawner === undefined ? undefined : Number(spawner))
// Sockets that still linger must not keep a supervisor alive that has let go of its lock.
process.exit(served ? 0 : 1)
