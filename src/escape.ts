/**
 * Text from elsewhere (files of a branch, the guest, containers, engines) as terminals and CI logs may have it: nothing
 * in it moves a cursor, ends a line that it did not begin, turns the direction of writing or commands a CI runner.
 */

/** C0 but tab and newline, DEL and C1, bidirectional controls, line separators, byte order mark. */
const unsafeRanges: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0x61c, 0x61c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
  [0xfeff, 0xfeff],
]
const unit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`
const unsafeClass = unsafeRanges.map(([from, to]) => `${unit(from)}-${unit(to)}`).join('')
/** Tag characters, U+E0000 to U+E007F, are seen by no person either. */
const tags = '\\udb40[\\udc00-\\udc7f]'
const unsafe = new RegExp(`[${unsafeClass}]|${tags}`, 'g')
const unsafeInLine = new RegExp(`[\\t\\n${unsafeClass}]|${tags}`, 'g')

/** Code point of the first character that is escaped, and not one of `allowed`; tabs and line breaks count too. */
export function unsafeCharacter(text: string, allowed = ''): number | undefined {
  for (const [found] of text.matchAll(unsafeInLine)) {
    if (!allowed.includes(found)) return found.codePointAt(0)
  }
  return undefined
}

/** As JSON spells it, so that JSON stays JSON. */
const spelled = (found: string): string => found.replaceAll(/[\s\S]/g, (one) => unit(one.charCodeAt(0)))

/** `::error …::text` at the start of a line is a command to GitHub's runner, whatever white space is before it. */
const workflowCommand = /^([^\S\n]*):(?=:[a-z][\w-]*[^\n]*::)/gim
/** `##[error]` anywhere in a line is one of an older runner, `##vso[` one of Azure's. */
const loggingCommand = /##(?=\[|vso\[)/gi

/** Of many lines, which stay lines. */
export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(unsafe, spelled)
    .replaceAll(workflowCommand, '$1\\u003a')
    .replaceAll(loggingCommand, '#\\u0023')
}

/** Of one line, such as a name or a value. */
export const oneLine = (text: string): string =>
  printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')

/** A message of lines, those after the first indented, so that none can be mistaken for our own. */
export const indented = (text: string): string => printable(text).replaceAll('\n', '\n    ')
