/** Members of a request's JSON body. Names are case-insensitive, as in Go. */
import { ApiError } from './ports.ts'

/** Throws 400 if the value is not an object. */
export function membersOf(body: unknown, what: string): ReadonlyMap<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError(400, `the ${what} is not an object`)
  }
  return new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]))
}

/** The text of a member, empty if absent; throws 400 if it is not text. `name` is in lower case. */
export function textOf(from: ReadonlyMap<string, unknown>, name: string): string {
  const value = from.get(name) ?? ''
  if (typeof value !== 'string') throw new ApiError(400, `${name} is not text`)
  return value
}
