/** Starts QEMU in its own session, so that it outlives the supervisor and a terminal's Ctrl-C. */
import { type ChildProcess, spawn } from 'node:child_process'
import { close, open } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { readEnd } from '../../host/file-end.ts'
import { identityOf, type ProcessIdentity } from '../../host/identity.ts'
import { withoutCapabilities } from '../../host/least-privilege.ts'
import { plainEnvironment } from '../../host/plain-environment.ts'
import { until } from '../../host/until.ts'
import { serverEnvironment } from '../share/servers.ts'
import type { VmDaemon } from '../spec.ts'

export interface Launched {
  identity: ProcessIdentity
  /** In the order in which they were given. */
  daemons: readonly ProcessIdentity[]
  /** Resolves when QEMU is gone. */
  exit: Promise<{ code: number | null; signal: string | null }>
}

export interface LaunchOptions {
  /** Gets what QEMU and its daemons print. */
  logFile: string
  /** Of an earlier QEMU; removed first. */
  sockets: readonly string[]
  daemons?: readonly VmDaemon[]
}

const daemonMs = 15_000

export async function launchQemu(
  argv: readonly string[],
  { logFile, sockets, daemons = [] }: LaunchOptions,
): Promise<Launched> {
  const stale = [...sockets, ...daemons.map(({ socket }) => socket)]
  await Promise.all(stale.map((socket) => rm(socket, { force: true })))
  const log = await promisify(open)(logFile, 'w', 0o600)
  const helpers: ChildProcess[] = []
  const served: ProcessIdentity[] = []
  let child: ChildProcess
  try {
    for (const { argv, socket } of daemons) helpers.push(await start(argv, log, serverEnvironment(socket)))
    await Promise.all(daemons.map(({ socket }, index) => listens(socket, helpers[index], logFile)))
    for (const { pid } of helpers) {
      const daemon = await identityOf(pid ?? 0)
      if (daemon === undefined) throw await notServed(logFile)
      served.push(daemon)
    }
    child = await start([...(await withoutCapabilities()), ...argv], log)
  } catch (error) {
    for (const helper of helpers) helper.kill('SIGKILL')
    throw error
  } finally {
    await promisify(close)(log)
  }
  // One that QEMU never connected to would wait for ever; all others end by themselves.
  child.once('exit', () => {
    for (const helper of helpers) helper.kill('SIGTERM')
  })
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const identity = await identityOf(child.pid ?? 0)
  if (identity === undefined) throw new DesktopError('vm/start-failed', await lastOutput(logFile))
  return { identity, daemons: served, exit }
}

async function start(
  argv: readonly string[],
  log: number,
  env: NodeJS.ProcessEnv = plainEnvironment(),
): Promise<ChildProcess> {
  const [binary = '', ...args] = argv
  const child = spawn(binary, args, { detached: true, stdio: ['ignore', log, log], env })
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
  } catch (error) {
    throw new DesktopError('vm/start-failed', `${binary} could not be started: ${messageOf(error)}`, {
      cause: error,
    })
  }
  child.unref()
  return child
}

async function listens(socket: string, daemon: ChildProcess | undefined, logFile: string): Promise<void> {
  const isThere = async (): Promise<boolean> => {
    if (daemon?.exitCode !== null || daemon.signalCode !== null) throw await notServed(logFile)
    return await stat(socket).then(
      (found) => found.isSocket(),
      () => false,
    )
  }
  await until(isThere, { deadlineMs: daemonMs, intervalMs: 10 })
}

const notServed = async (logFile: string): Promise<DesktopError> =>
  new DesktopError('vm/start-failed', `a folder cannot be shared: ${await lastOutput(logFile)}`, {
    hint: 'sharing needs virtiofsd and, unless desktop runs as root, user namespaces (`unshare --map-root-user true`)',
  })

export async function lastOutput(logFile: string): Promise<string> {
  try {
    const lines = (await readEnd(logFile, 16 * 1024)).text.trim().split('\n')
    return lines.slice(-5).join('\n')
  } catch {
    return ''
  }
}
