/**
 * The user's own ssh(1) to another host: one connection that commands, forwarded sockets and trunks share
 * (ControlMaster). It ends by itself when unused, and 20 s after the other host stops responding.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { startChild } from '../child.ts'
import { privateDirectory } from '../directories.ts'
import { type SshHostPaths, sshHostPaths, temporarySocket } from '../paths.ts'
import { type RunResult, run } from '../run.ts'
import { cipherOptions } from './cipher.ts'
import { type SshTarget, targetArguments, targetText } from './target.ts'

/** Login, and the reply of a master that has lost its host. */
const connectMs = 20_000

const settings: Readonly<Record<string, string>> = {
  // Never prompt: nobody may be there, and the supervisor has no terminal.
  BatchMode: 'yes',
  ControlMaster: 'auto',
  ControlPersist: '60',
  ConnectTimeout: '10',
  ServerAliveInterval: '5',
  ServerAliveCountMax: '3',
  // Sockets of an earlier connection.
  StreamLocalBindUnlink: 'yes',
  // Settings of the user's configuration that are for a login.
  ClearAllForwardings: 'yes',
  PermitLocalCommand: 'no',
  RemoteCommand: 'none',
  LogLevel: 'ERROR',
}

/** @param command for the login shell there; a constant, without any value of the user */
async function sshCommand(
  target: SshTarget,
  { connection }: SshHostPaths,
  command: string,
): Promise<[string, ...string[]]> {
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  const cipher = await cipherOf(target)
  return [
    'ssh',
    '-T',
    '-a',
    '-x',
    '-S',
    connection,
    ...options,
    ...cipher,
    ...targetArguments(target),
    command,
  ]
}

/** By target. Any command may be the one that makes the connection. */
const ciphers = new Map<string, Promise<readonly string[]>>()

function cipherOf(target: SshTarget): Promise<readonly string[]> {
  const key = targetText(target)
  const known = ciphers.get(key) ?? cipherOptions(target, AbortSignal.timeout(connectMs))
  ciphers.set(key, known)
  return known
}

/** Request to the running connection. The user's configuration is not read, so that only this socket is forwarded. */
const controlCommand = (
  target: SshTarget,
  { connection }: SshHostPaths,
  request: string,
  ...options: string[]
): [string, ...string[]] => [
  ...(['ssh', '-F', 'none', '-S', connection, '-O'] as const),
  request,
  ...options,
  ...targetArguments(target),
]

const pathsOf = (target: SshTarget): SshHostPaths => sshHostPaths(targetText(target))

/** For sh: a PATH with the link that `desktop hosts install` makes, before an older desktop of the system. */
export const pathThere = 'PATH="$HOME/.local/bin:$PATH"; export PATH'

/** Runs a command there, with pipes. */
export async function startThere(
  target: SshTarget,
  command: string,
): Promise<ChildProcessWithoutNullStreams> {
  const paths = pathsOf(target)
  await privateDirectory(paths.dir)
  const [program, ...args] = await sshCommand(target, paths, command)
  return startChild(program, args, {})
}

/** Paths there that cannot be misread as another part of ssh's `-L`, which also expands percent signs. */
const plainPath = /^\/[A-Za-z0-9_@+,./-]+$/

export interface Forward {
  ssh: SshTarget
  /** Absolute path there. */
  path: string
}

/** Makes a unix socket there available as a socket here; does nothing if it is. Throws `hosts/unreachable` or `hosts/forward`. */
export async function forwardSocket({ ssh, path }: Forward, local: string): Promise<void> {
  if (!plainPath.test(path))
    throw new DesktopError('hosts/forward', `${targetText(ssh)}: ssh -L cannot express the path ${path}`, {
      hint: 'log in as a user whose home directory has no colon, space or percent sign in its path',
    })
  const paths = pathsOf(ssh)
  await privateDirectory(paths.dir)
  const request = (name: 'forward' | 'cancel'): Promise<RunResult> =>
    bounded(ssh, controlCommand(ssh, paths, name, '-L', `${local}:${path}`))
  // A login that runs, or failed lately, decides for all sockets of the host.
  await logins.get(paths.connection)
  const began = performance.now()
  const first = await request('forward')
  if (first.code !== 0) {
    if ((loggedIn.get(paths.connection) ?? 0) < began) await login(ssh, paths)
    const again = await request('forward')
    if (again.code !== 0) throw unreachable(ssh, again.stderr)
  }
  if (existsSync(local)) return
  // The connection has the forward already; the file was removed.
  await request('cancel')
  const renewed = await request('forward')
  if (renewed.code !== 0 || !existsSync(local)) throw unreachable(ssh, renewed.stderr || `no ${local}`)
}

/** Shorter than the pause of a supervisor between two attempts. */
const restMs = 4_000

/** By connection. sshd drops logins beyond its MaxStartups: one at a time, and none for a while after a failure. */
const logins = new Map<string, Promise<void>>()
/** Time of the last success, by connection: a request that failed before it is repeated without a login. */
const loggedIn = new Map<string, number>()

/** Starts the connection. */
function login(target: SshTarget, paths: SshHostPaths): Promise<void> {
  const key = paths.connection
  const running = logins.get(key)
  if (running !== undefined) return running
  const started = sshCommand(target, paths, 'exit 0')
    .then((command) => bounded(target, command))
    .then(({ code, stderr }) => {
      if (code !== 0) throw unreachable(target, stderr)
      loggedIn.set(key, performance.now())
    })
  logins.set(key, started)
  const forget = (): void => void logins.delete(key)
  started.then(forget, () => setTimeout(forget, restMs).unref())
  return started
}

/** Forwards a socket there until it is disposed. Throws as `forwardSocket`. */
export async function temporaryForward(forward: Forward): Promise<AsyncDisposable & { local: string }> {
  const { ssh, path } = forward
  const paths = pathsOf(ssh)
  const local = temporarySocket(paths)
  await forwardSocket(forward, local)
  return {
    local,
    [Symbol.asyncDispose]: async () => {
      const cancel = controlCommand(ssh, paths, 'cancel', '-L', `${local}:${path}`)
      await bounded(ssh, cancel).catch(() => undefined)
      await rm(local, { force: true })
    },
  }
}

/** Ends the connection with all its streams. */
export async function disconnect(target: SshTarget): Promise<void> {
  await bounded(target, controlCommand(target, pathsOf(target), 'exit')).catch(() => undefined)
}

async function bounded(target: SshTarget, argv: readonly [string, ...string[]]): Promise<RunResult> {
  const signal = AbortSignal.timeout(connectMs)
  try {
    return await run(argv, { signal })
  } catch (error) {
    if (signal.aborted) throw unreachable(target, `no reply within ${connectMs / 1_000} s`)
    throw unreachable(target, `ssh: ${(error as Error).message}`)
  }
}

export function unreachable(target: SshTarget, said: string): DesktopError {
  const why = said.trim().split('\n').at(-1) ?? ''
  return new DesktopError('hosts/unreachable', `${targetText(target)}: ${why === '' ? 'ssh failed' : why}`, {
    hint: `check that this logs in without a prompt: ssh ${targetText(target)}`,
  })
}
