/** One mistake in a file, before it is placed and thrown. */
import { DesktopError, type ErrorCode } from '../../errors.ts'
import { locate, type Path, type Source } from './position.ts'

export interface Problem {
  code: ErrorCode
  path: Path
  message: string
  hint?: string
  /** Whether the key itself is wrong, or its value. */
  at: 'key' | 'value'
}

/** `vm.memory`, `ports[2].host`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  )
}

export function placed(source: Source, { code, path, message, hint, at }: Problem): DesktopError {
  const range = locate(source, path, at)
  return new DesktopError(code, message, hint === undefined ? { at: range } : { at: range, hint })
}

/** All mistakes as one error: the first is its face, the rest go with it. */
export function thrown(errors: readonly DesktopError[]): DesktopError {
  const sorted = [...errors].sort(
    (a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0),
  )
  const [first, ...others] = sorted
  if (first === undefined) throw new Error('no mistakes to throw')
  const { code, message, hint, at } = first
  return new DesktopError(code, message, {
    others,
    ...(hint === undefined ? {} : { hint }),
    ...(at === undefined ? {} : { at }),
  })
}
