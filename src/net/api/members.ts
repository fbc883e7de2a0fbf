/** What a request's body says, member by member. Names are taken in any case, as Go does. */
import { ApiError } from './ports.ts'

/** Throws 400 for what is no object. */
export function membersOf(body: unknown, what: string): ReadonlyMap<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError(400, `the ${what} is not an object`)
  }
  return new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]))
}

/** Empty when it is not there; throws 400 when it is something else. `name` is in lower case. */
export function textOf(from: ReadonlyMap<string, unknown>, name: string): string {
  const value = from.get(name) ?? ''
  if (typeof value !== 'string') throw new ApiError(400, `${name} is not text`)
  return value
}
