/** Starts QEMU in its own session, so that it survives the supervisor and a terminal's Ctrl-C. */
import { type ChildProcess, spawn } from 'node:child_process'
import { close, open } from 'node:fs'
import { mkdir, rm, stat } from 'node:fs/promises'
import { promisify } from 'node:util'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { readEnd } from '../../host/file-end.ts'
import { identityOf, type ProcessIdentity } from '../../host/identity.ts'
import { plainEnvironment } from '../../host/plain-environment.ts'
import { until } from '../../host/until.ts'
import { endServers, serverEnvironment } from '../share/servers.ts'
import type { VmDaemon } from '../spec.ts'
import { onlyChild, type Started, startConfined } from './confine.ts'
import { memoryFd, readyFd } from './descriptors.ts'
import type { HostFiles } from './namespaces.ts'

export interface Launched {
  identity: ProcessIdentity
  /** In the given order. */
  daemons: readonly ProcessIdentity[]
  /** Resolves when QEMU has exited. */
  exit: Promise<QemuExit>
}

interface QemuExit {
  code: number | null
  signal: string | null
}

export interface LaunchOptions {
  /** Log of QEMU and its daemons. */
  logFile: string
  /** Stale sockets of an earlier QEMU; removed first. */
  sockets: readonly string[]
  daemons?: readonly VmDaemon[]
  /** Host files visible to QEMU; undefined = no restriction. */
  files?: HostFiles | undefined
  /** Descriptor of a file for guest memory, which QEMU inherits as `memoryFd`. */
  memory?: number | undefined
}

const daemonMs = 15_000

export async function launchQemu(
  argv: readonly string[],
  { logFile, sockets, daemons = [], files, memory }: LaunchOptions,
): Promise<Launched> {
  const stale = [...sockets, ...daemons.map(({ socket }) => socket)]
  await Promise.all(stale.map((socket) => rm(socket, { force: true })))
  if (files !== undefined) await prepare(files)
  const log = await promisify(open)(logFile, 'w', 0o600)
  const helpers: ChildProcess[] = []
  const served: ProcessIdentity[] = []
  let qemu: Started
  try {
    for (const { argv, socket } of daemons)
      helpers.push(await start(argv, log, { env: serverEnvironment(socket) }))
    await Promise.all(daemons.map(({ socket }, index) => listens(socket, helpers[index], logFile)))
    for (const { pid } of helpers) {
      const daemon = await identityOf((await onlyChild(pid ?? 0)) ?? pid ?? 0)
      if (daemon === undefined) throw await notServed(logFile)
      served.push(daemon)
    }
    qemu = await startConfined(argv, files, (line, { ready }) => start(line, log, { ready, memory }), {
      descriptors: memory !== undefined,
    })
  } catch (error) {
    for (const helper of helpers) helper.kill('SIGKILL')
    throw error
  } finally {
    await promisify(close)(log)
  }
  const { child, pid } = qemu
  const ended = exitOf(child)
  // A server that QEMU never connected to would not exit; the others exit with QEMU.
  ended.then(() => endServers(served)).catch(() => {})
  const exit = pid === child.pid ? ended : ended.then((how) => asQemu(how, logFile))
  const identity = await identityOf(pid)
  if (identity === undefined) throw new DesktopError('vm/start-failed', await lastOutput(logFile))
  return { identity, daemons: served, exit }
}

/** Also resolves for a process that has already exited: a QEMU that rejects its arguments exits within milliseconds. */
async function exitOf(child: ChildProcess): Promise<QemuExit> {
  const { exitCode: code, signalCode: signal } = child
  if (code !== null || signal !== null) return { code, signal }
  return await new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

/** Files that QEMU creates must exist before they can be bind-mounted. */
async function prepare({ directory, appended }: HostFiles): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  for (const path of appended) await promisify(close)(await promisify(open)(path, 'a', 0o600))
}

interface StartOptions {
  env?: NodeJS.ProcessEnv
  ready?: boolean
  memory?: number | undefined
}

async function start(
  argv: readonly string[],
  log: number,
  { env = plainEnvironment(), ready = false, memory }: StartOptions,
): Promise<ChildProcess> {
  const [binary = '', ...args] = argv
  const stdio: ('ignore' | 'pipe' | number)[] = ['ignore', log, log]
  stdio[readyFd] = ready ? 'pipe' : 'ignore'
  if (memory !== undefined) stdio[memoryFd] = memory
  const child = spawn(binary, args, { detached: true, stdio, env })
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

/** unshare(1) exits like its child, but cannot send itself SIGKILL: it prints a message and exits with 1. */
async function asQemu(how: QemuExit, logFile: string): Promise<QemuExit> {
  if (how.code !== 1 || !/(^|\n)unshare: [^\n]*$/.test(await endOf(logFile))) return how
  return { code: null, signal: 'SIGKILL' }
}

const endOf = async (logFile: string): Promise<string> =>
  (await readEnd(logFile, 16 * 1024).catch(() => ({ text: '' }))).text.trim()

export async function lastOutput(logFile: string): Promise<string> {
  const lines = (await endOf(logFile)).split('\n').filter((line) => !line.startsWith('unshare: sigprocmask'))
  return lines.slice(-5).join('\n')
}
