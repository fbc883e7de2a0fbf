/** The CLI's side of the control API. */
import { lstatSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { DesktopError } from '../../errors/desktop-error.ts'
import { systemCode } from '../../errors/system.ts'
import { requireSafePlace } from '../../host/directories.ts'
import { livingSupervisor } from '../../host/environment-identity.ts'
import { isStopped } from '../../host/identity.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { type Call, type Control, calls } from './api.ts'
import { post } from './call.ts'

/** Timeout for calls answered from memory; starting and stopping a VM have their own deadlines. */
const slow: ReadonlySet<Call> = new Set([
  'startVm',
  'resumeVm',
  'parkVm',
  'unparkVm',
  'suspendVm',
  'stopVm',
  'guestExec',
  'waitEngine',
  'shutdown',
])
const quickMs = 30_000
/** Generous, because a healthy supervisor may respond slowly on a busy host. */
const factsMs = 12_000
/** After this time without a reply, check whether the process is stopped. */
const stoppedMs = 3_000

/** Longer than a supervisor takes to recreate a removed socket. */
const socketMs = 2_000

type Where = Pick<EnvironmentPaths, 'sockets' | 'identity'>

/**
 * Connects to the supervisor; undefined if none is running. Throws `supervisor/unreachable` if it does not
 * respond.
 */
export async function connectSupervisor(paths: Where): Promise<Control | undefined> {
  const control = controlClient(paths)
  try {
    await control.facts()
    return control
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  }
}

/** Whether a call failed because no supervisor is running. */
export function isAbsence(error: unknown): boolean {
  const cause = causeOf(error)
  return cause === 'ENOENT' || cause === 'ECONNREFUSED'
}

const isReset = (error: unknown): boolean => ['ECONNRESET', 'EPIPE'].includes(causeOf(error) ?? '')

const causeOf = (error: unknown): string | undefined => systemCode((error as { cause?: unknown }).cause)

/** @param signal abort when no caller awaits the calls any longer. */
export function controlClient(paths: Where, signal?: AbortSignal): Control {
  const socketPath = paths.sockets.control
  const call = async (name: Call, args: readonly unknown[]): Promise<unknown> => {
    const timeoutMs = name === 'facts' ? factsMs : slow.has(name) ? undefined : quickMs
    const text = await untilItListens(paths, name, () => {
      requireSafeSocket(socketPath)
      const reply = post(socketPath, name, args, { timeoutMs, signal })
      return name === 'facts' ? unlessStopped(paths, reply) : reply
    })
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
  const methods = Object.fromEntries(
    calls.map((name) => [name, (...args: unknown[]) => call(name, given(args))]),
  )
  // TypeScript cannot infer from fromEntries that `calls` lists every method of Control.
  return Object.assign(methods, { [Symbol.asyncDispose]: async () => {} }) as unknown as Control
}

/**
 * Retries while a live supervisor has no socket: it creates one within a second, at start-up or after a
 * removal. Retries `facts` too while a supervisor that has just ended still resets connections.
 */
async function untilItListens<T>(paths: Where, name: Call, attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + socketMs
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const isEnding = name === 'facts' && isReset(error)
      if (!isEnding && !isAbsence(error)) throw error
      const living = await livingSupervisor(paths)
      if (isEnding === (living !== undefined)) throw error
      if (Date.now() >= deadline) {
        if (living === undefined) throw error
        const message = `the supervisor (pid ${living.pid}) is running but not listening on ${paths.sockets.control}`
        throw new DesktopError('supervisor/unreachable', message)
      }
    }
    await sleep(20)
  }
}

/** Rejects if the supervisor process is stopped (SIGSTOP); otherwise waits for the reply. */
async function unlessStopped<T>(paths: Where, reply: Promise<T>): Promise<T> {
  const over = new AbortController()
  const stopped = sleep(stoppedMs, undefined, { signal: over.signal, ref: false }).then(async () => {
    const found = await livingSupervisor(paths)
    if (found === undefined || !(await isStopped(found))) return await reply
    throw new DesktopError('supervisor/unreachable', `its process is stopped (pid ${found.pid})`)
  })
  try {
    return await Promise.race([reply, stopped])
  } finally {
    over.abort()
    stopped.catch(() => {})
  }
}

/**
 * Requires that only this user or root could have created the socket, so that passwords never reach another
 * user's process.
 */
function requireSafeSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) requireSafePlace(path)
}

/** Drops trailing undefined options, which JSON would turn into null. */
const given = (args: readonly unknown[]): readonly unknown[] =>
  args.slice(0, args.findLastIndex((one) => one !== undefined) + 1)
