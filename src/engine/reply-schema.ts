/** Schemas of replies that root in the VM may have made: every text and list has a limit. */
import * as v from 'valibot'
import { DesktopError } from '../errors/desktop-error.ts'

const maxEntries = 16_384

export type Schema<T> = v.GenericSchema<unknown, T>

export const text: Schema<string> = v.pipe(v.string(), v.maxLength(512))
export const listOf = <T>(item: Schema<T>): Schema<T[]> => v.pipe(v.array(item), v.maxLength(maxEntries))
/** Go encodes an empty list as null. */
export const listOrNull = <T>(item: Schema<T>): Schema<T[]> =>
  v.pipe(
    v.nullish(listOf(item)),
    v.transform((list) => list ?? []),
  )

/** Excludes arrays, which v.record accepts. */
export const mapOf = <T>(value: Schema<T>): Schema<Record<string, T>> =>
  v.pipe(
    v.unknown(),
    v.check((given) => !Array.isArray(given), 'must be a map'),
    v.record(v.string(), value),
  )

/** Limits nesting, because deeper values would overflow recursive code. */
const maxDepth = 16
const maxNodes = 100_000

export function isShallow(value: unknown): boolean {
  let nodes = 0
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    nodes += level.length
    if (depth > maxDepth || nodes > maxNodes) return false
    level = level.flatMap((one) => (one !== null && typeof one === 'object' ? Object.values(one) : []))
  }
  return true
}

/** Throws `engine/bad-reply`. */
export function parsed<T>(schema: Schema<T>, path: string, body: string): T {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    throw badReply(path, 'it is not JSON')
  }
  const result = v.safeParse(schema, value)
  if (result.success) return result.output
  const [issue] = result.issues
  const at = v.getDotPath(issue)
  // Do not include the guest's text; the path of the invalid value is enough.
  throw badReply(path, `${at === null ? 'the reply' : at} is not a valid reply of dockerd (${issue.type})`)
}

export const badReply = (path: string, why: string): DesktopError =>
  new DesktopError('engine/bad-reply', `${path}: ${why}`)
