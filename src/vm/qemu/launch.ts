/** Starts QEMU in a session of its own, so that it outlives the supervisor and a terminal's Ctrl-C. */
import { type ChildProcess, spawn } from 'node:child_process'
import { close, open } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { DesktopError, messageOf } from '../../errors.ts'
import { identityOf, type ProcessIdentity } from '../../host/identity.ts'

export interface Launched {
  identity: ProcessIdentity
  /** Resolves when QEMU is gone. */
  exit: Promise<{ code: number | null; signal: string | null }>
}

/** What QEMU prints goes to `logFile`; sockets of an earlier QEMU are removed first. */
export async function launchQemu(
  argv: readonly string[],
  logFile: string,
  sockets: readonly string[],
): Promise<Launched> {
  await Promise.all(sockets.map((socket) => rm(socket, { force: true })))
  const log = await promisify(open)(logFile, 'w', 0o600)
  const [binary = '', ...args] = argv
  let child: ChildProcess
  try {
    child = spawn(binary, args, { detached: true, stdio: ['ignore', log, log] })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
  } catch (error) {
    throw new DesktopError('vm/start-failed', `${binary} could not be started: ${messageOf(error)}`, {
      cause: error,
    })
  } finally {
    await promisify(close)(log)
  }
  child.unref()
  const exit = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const identity = await identityOf(child.pid ?? 0)
  if (identity === undefined) throw new DesktopError('vm/start-failed', await lastOutput(logFile))
  return { identity, exit }
}

export async function lastOutput(logFile: string): Promise<string> {
  try {
    const lines = (await readFile(logFile, 'utf8')).trim().split('\n')
    return lines.slice(-5).join('\n')
  } catch {
    return ''
  }
}
