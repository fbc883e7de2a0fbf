/** The CLI's side of the control API. */
import { systemCode } from '../errors.ts'
import type { EnvironmentPaths } from '../host/paths.ts'
import { type Call, type Control, calls } from './api.ts'
import { post } from './call.ts'

/** Time for calls that answer from memory; starting and stopping a VM have deadlines of their own. */
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
/** One that hangs is replaced, so that nobody should wait long to learn it. */
const factsMs = 6_000

/** A client of the supervisor, or undefined when none listens. */
export async function connectSupervisor(paths: EnvironmentPaths): Promise<Control | undefined> {
  const control = controlClient(paths.sockets.control)
  try {
    await control.facts()
    return control
  } catch (error) {
    const cause = systemCode((error as { cause?: unknown }).cause)
    if (cause === 'ENOENT' || cause === 'ECONNREFUSED') return undefined
    throw error
  }
}

/** @param signal aborted = nobody waits for its calls any more. */
export function controlClient(socketPath: string, signal?: AbortSignal): Control {
  const call = async (name: Call, args: readonly unknown[]): Promise<unknown> => {
    const timeoutMs = name === 'facts' ? factsMs : slow.has(name) ? undefined : quickMs
    const text = await post(socketPath, name, args, { timeoutMs, signal })
    return text === '' ? undefined : (JSON.parse(text) as unknown)
  }
  const methods = Object.fromEntries(calls.map((name) => [name, (...args: unknown[]) => call(name, args)]))
  // `calls` lists every method of Control, which the compiler cannot see through fromEntries.
  return Object.assign(methods, { [Symbol.asyncDispose]: async () => {} }) as unknown as Control
}
