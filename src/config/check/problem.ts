/** A mistake in the configuration, before it is located in a file and thrown. */
import type { ErrorCode } from '../../errors/catalogue.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { fileRange, type Path, type Place } from '../read/source.ts'
import { locate, type Tree } from '../read/tree.ts'

export interface Problem {
  code: ErrorCode
  path: Path
  message: string
  hint?: string
  /** The message without the value, for a value from the environment. */
  unquoted?: string
  /** Location of the mistake. */
  at: 'key' | 'value'
}

export const placed = (tree: Tree, { path, at, ...problem }: Problem): DesktopError =>
  errorAt(locate(tree, path, at), problem)

export function errorAt(
  place: Place,
  { code, message, hint }: Pick<Problem, 'code' | 'message' | 'hint'>,
): DesktopError {
  const at = fileRange(place)
  return new DesktopError(code, message, hint === undefined ? { at } : { at, hint })
}

/** All mistakes as one error, by file and line: the first is the error itself, the others are in `others`. */
export function thrown(errors: readonly DesktopError[]): DesktopError {
  const files = [...new Set(errors.map(({ at }) => at?.file))]
  const sorted = [...errors].sort(
    (a, b) =>
      files.indexOf(a.at?.file) - files.indexOf(b.at?.file) ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  )
  const [first, ...others] = sorted
  if (first === undefined) throw new Error('no mistakes to throw')
  const { code, message, hint, at, cause } = first
  return new DesktopError(code, message, {
    others,
    cause,
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
  })
}
