/**
 * Escapes untrusted text (files of a branch, the guest, containers, engines) for terminals and CI logs: it
 * cannot move the cursor, start a new line, change the writing direction or issue commands to a CI runner.
 */

/** C0 except tab and newline, DEL and C1, bidirectional controls, line separators, byte order mark. */
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
/** Tag characters, U+E0000 to U+E007F, are invisible too. */
const tags = '\\udb40[\\udc00-\\udc7f]'
const unsafe = new RegExp(`[${unsafeClass}]|${tags}`, 'g')
const unsafeInLine = new RegExp(`[\\t\\n${unsafeClass}]|${tags}`, 'g')

/** Code point of the first character to escape that is not in `allowed`; tabs and line breaks count too. */
export function unsafeCharacter(text: string, allowed = ''): number | undefined {
  for (const [found] of text.matchAll(unsafeInLine)) {
    if (!allowed.includes(found)) return found.codePointAt(0)
  }
  return undefined
}

/** JSON escapes, so that JSON stays valid. */
const spelled = (found: string): string => found.replaceAll(/[\s\S]/g, (one) => unit(one.charCodeAt(0)))

/** `::error …::text` at the start of a line, after any white space, is a command to GitHub's runner. */
const workflowCommand = /^([^\S\n]*):(?=:[a-z][\w-]*[^\n]*::)/gim
/** `##[error]` anywhere in a line is a command to an older runner, `##vso[` to Azure Pipelines. */
const loggingCommand = /##(?=\[|vso\[)/gi

/** Escapes multi-line text and keeps its line breaks. */
export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(unsafe, spelled)
    .replaceAll(workflowCommand, '$1\\u003a')
    .replaceAll(loggingCommand, '#\\u0023')
}

/** Escapes a single line, such as a name or a value. */
export const oneLine = (text: string): string =>
  printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')

/** Escapes a multi-line message and indents its later lines, so that none can be mistaken for our output. */
export const indented = (text: string): string => printable(text).replaceAll('\n', '\n    ')
