/** Progress and errors of another host, which may be compromised. */
import { catalogue, type ErrorCode } from '../../errors/catalogue.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { PartialFailure } from '../run/execute.ts'
import type { AgentLine, Failure } from './protocol.ts'

/** Known fields only. */
export function progressOf({ done, total, unit, notice }: Readonly<Record<string, unknown>>): object {
  return {
    ...(typeof done === 'number' ? { done } : {}),
    ...(typeof total === 'number' ? { total } : {}),
    ...(unit === 'bytes' || unit === 'items' ? { unit } : {}),
    ...(notice === true ? { notice } : {}),
  }
}

export function thrownOf({ failure, parts }: Extract<AgentLine, { type: 'failure' }>): Error {
  if (parts === undefined) return errorOf(failure)
  return new PartialFailure(new Map(Object.entries(parts).map(([id, one]) => [id, errorOf(one)])))
}

function errorOf({ code, message, hint }: Failure): Error {
  // Callers leave out a host that this side found unreachable; the other side cannot say so itself.
  if (!Object.hasOwn(catalogue, code) || code.startsWith('hosts/')) return new Error(message)
  return new DesktopError(code as ErrorCode, message, hint === undefined ? {} : { hint })
}
