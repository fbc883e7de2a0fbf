/** Output of a command: results to standard output, messages about the run to standard error. */
import { randomInt } from 'node:crypto'
import { styleText } from 'node:util'
import { hideValues } from '../errors/credentials.ts'
import { systemCode } from '../errors/system.ts'
import { printable } from '../escape.ts'

type Style = Parameters<typeof styleText>[0]

export interface Output {
  /**
   * Writes to standard output. Unprintable characters are escaped, whatever their source; styles are kept.
   */
  write(text: string): void
  /** Writes to standard output unmodified, for programs and never for logs. */
  raw(text: string): void
  /** Writes a line to standard error. */
  say(line: string): void
  /** False once the reader of standard output has closed it, e.g. `| head`. */
  isRead(): boolean
  /** The write error of standard output, e.g. disk full. */
  failure(): unknown
  /** Coloured if the stream is a terminal and NO_COLOR is unset. */
  style(style: Style, text: string): string
  /** Whether a user can see moving progress and answer prompts. */
  interactive: boolean
  /** Columns of the terminal, or a default width. */
  columns: number
}

/** `styleText` honours NO_COLOR, FORCE_COLOR and NODE_DISABLE_COLORS. */
export function processOutput(env: NodeJS.ProcessEnv = process.env): Output {
  let failure: unknown
  // A closed reader or a full disk must not end a command: an apply continues.
  process.stdout.on('error', (error: unknown) => {
    if (systemCode(error) !== 'EPIPE') failure ??= error
  })
  // An error of standard error cannot be reported anywhere.
  process.stderr.on('error', () => {})
  const ci = env.CI !== undefined && env.CI !== '' && env.CI !== 'false'
  return {
    write: (text) => {
      process.stdout.write(shown(text, true))
    },
    raw: (text) => {
      process.stdout.write(text)
    },
    say: (line) => {
      // Styles are made for standard output; one of the two may be a file.
      process.stderr.write(`${shown(line, process.stderr.isTTY === process.stdout.isTTY)}\n`)
    },
    isRead: () => !process.stdout.destroyed,
    failure: () => failure,
    style: (style, text) => marked(styleText(style, ownStylesOf(text), { stream: process.stdout })),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true && !ci,
    columns: process.stdout.columns ?? 100,
  }
}

/** Marks our own styles with a secret parameter; any other escape sequence is foreign. */
const mark = String(randomInt(2 ** 40))
const esc = '\u001b'
const style = new RegExp(`${esc}\\[(\\d+)m`, 'g')
const foreignEscape = new RegExp(`${esc}(?!\\[\\d+;${mark}m)`, 'g')
const markedStyle = new RegExp(`${esc}\\[(\\d+);${mark}m`, 'g')

/** Keeps our own styles and escapes every other terminal sequence. */
const ownStylesOf = (text: string): string =>
  text.replaceAll(foreignEscape, '\\u001b').replaceAll(markedStyle, `${esc}[$1m`)

const marked = (text: string): string => text.replaceAll(style, `${esc}[$1;${mark}m`)

/** Filters all text that this process prints. */
function shown(text: string, styled: boolean): string {
  if (!styled || !text.includes(mark)) return printable(hideValues(text.replaceAll(markedStyle, '')))
  // Alternate text and style numbers.
  return text
    .split(markedStyle)
    .map((part, i) => (i % 2 === 0 ? printable(hideValues(part)) : `${esc}[${part}m`))
    .join('')
}
