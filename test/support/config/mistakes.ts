/** The mistakes of a text, one line each: `line:column code message | hint`. */
import { DesktopError } from '../../../src/errors/desktop-error.ts'

export function mistakesOf(load: () => unknown): string[] {
  try {
    load()
    return []
  } catch (error) {
    return all(error).map(({ code, message, at, hint }) =>
      [`${at?.line}:${at?.column} ${code} ${message}`, ...(hint === undefined ? [] : [hint])].join(' | '),
    )
  }
}

/** Anything but a DesktopError is a bug, and is thrown on. */
export function all(error: unknown): readonly DesktopError[] {
  if (!(error instanceof DesktopError)) throw error
  return [error, ...error.others]
}
