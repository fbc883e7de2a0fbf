/** Progress and errors of another host, which may be compromised. */
import type { MachineHost } from '../../config/desired.ts'
import { catalogue, type ErrorCode } from '../../errors/catalogue.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { PartialFailure } from '../run/execute.ts'
import type { AgentLine, Failure } from './protocol.ts'

/** Whether there is no session with the host any more, so that every later request fails in the same way. */
export const isHostLost = (error: unknown): error is DesktopError =>
  error instanceof DesktopError && error.code.startsWith('hosts/') && error.code !== 'hosts/failed'

export const invalidReply = (
  { name }: Pick<MachineHost, 'name'>,
  what: string,
  hint = `install this version there again: desktop hosts install ${name}`,
): DesktopError => new DesktopError('hosts/reply', `${name}: desktop there ${what}`, { hint })

/** Known fields only. */
export function progressOf({ done, total, unit, notice }: Readonly<Record<string, unknown>>): object {
  return {
    ...(typeof done === 'number' ? { done } : {}),
    ...(typeof total === 'number' ? { total } : {}),
    ...(unit === 'bytes' || unit === 'items' ? { unit } : {}),
    ...(notice === true ? { notice } : {}),
  }
}

/** @param host its name in the file */
export function thrownOf({ failure, parts }: Extract<AgentLine, { type: 'failure' }>, host: string): Error {
  if (parts === undefined) return errorOf(failure, host)
  return new PartialFailure(new Map(Object.entries(parts).map(([id, one]) => [id, errorOf(one, host)])))
}

/** Paths and commands in the message are those of the other host. */
function errorOf({ code, message, hint }: Failure, host: string): Error {
  return new DesktopError(codeOf(code), `on ${host}: ${message}`, {
    ...(hint === undefined ? {} : { hint: `on ${host}: ${hint}` }),
  })
}

/** Callers leave out a host that this side found unreachable; the other side cannot say so itself. */
const codeOf = (code: string): ErrorCode =>
  Object.hasOwn(catalogue, code) && !code.startsWith('hosts/') ? (code as ErrorCode) : 'hosts/failed'
