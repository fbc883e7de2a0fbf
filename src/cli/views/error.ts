/** Errors as text: location, message and code, source with a caret, hint. */
import type { ErrorValue } from '../../apply/history/outcome.ts'
import { catalogueEntries } from '../../errors/catalogue.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import { indented, oneLine } from '../../escape.ts'
import type { Output } from '../output.ts'

export function errorView(error: unknown, { style }: Pick<Output, 'style'>, verbose: boolean): string {
  if (!(error instanceof DesktopError)) {
    const text = verbose && error instanceof Error ? (error.stack ?? error.message) : messageOf(error)
    return `${style('red', 'error')}: ${indented(text)}   [internal/bug]\n${catalogueEntries['internal/bug']?.fix}\n`
  }
  const parts = [one(error, style)]
  for (const other of error.others) parts.push(one(other, style))
  if (verbose && error.cause !== undefined) parts.push(`caused by: ${indented(stackOf(error.cause))}`)
  return `${parts.join('\n')}\n`
}

function one(error: DesktopError, style: Output['style']): string {
  const { at, code, message, hint } = error
  const where = at === undefined ? style('red', 'error: ') : `${oneLine(at.file)}:${at.line}:${at.column}  `
  const lines = [`${where}${indented(message)}   ${style('dim', `[${code}]`)}`]
  if (at?.frame !== undefined) {
    // The caret ends the frame; the hint is printed next to it.
    return [...lines, hint === undefined ? at.frame : `${at.frame} ${style('cyan', indented(hint))}`].join(
      '\n',
    )
  }
  const advice = hint ?? catalogueEntries[code]?.fix
  if (advice !== undefined) lines.push(style('cyan', `  hint: ${indented(advice)}`))
  return lines.join('\n')
}

const stackOf = (cause: unknown): string =>
  cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)

/** The errors as JSON, one object each. */
export function errorJson(error: unknown): {
  errors: (ErrorValue & { file?: string; line?: number; column?: number })[]
} {
  if (!(error instanceof DesktopError)) {
    return { errors: [{ code: 'internal/bug', message: messageOf(error) }] }
  }
  const all = [error, ...error.others]
  return {
    errors: all.map(({ code, message, hint, at }) => ({
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(at === undefined ? {} : { file: at.file, line: at.line, column: at.column }),
    })),
  }
}
