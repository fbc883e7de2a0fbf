/** Where a command writes. Results go to standard output; messages about the run, to standard error. */
import { randomInt } from 'node:crypto'
import { styleText } from 'node:util'
import { hideValues } from '../errors/credentials.ts'
import { systemCode } from '../errors/system.ts'
import { printable } from '../escape.ts'

type Style = Parameters<typeof styleText>[0]

export interface Output {
  /** Standard output. Unprintable characters are escaped, whatever their source; styles are kept. */
  write(text: string): void
  /** Standard output, byte for byte: for what a program reads and no log shows. */
  raw(text: string): void
  /** Standard error, a line. */
  say(line: string): void
  /** False once the reader of standard output is gone, e.g. `| head`. */
  isRead(): boolean
  /** Why standard output could not be written, e.g. that the disk behind it is full. */
  failure(): unknown
  /** Coloured when the stream is a terminal and NO_COLOR is not set. */
  style(style: Style, text: string): string
  /** A person is there: both to show progress that moves and to ask. */
  interactive: boolean
  /** Columns of the terminal, or of a usual one. */
  columns: number
}

/** NO_COLOR, FORCE_COLOR and NODE_DISABLE_COLORS are honoured by `styleText`. */
export function processOutput(env: NodeJS.ProcessEnv = process.env): Output {
  let failure: unknown
  // A reader that leaves ends no command, and neither does a full disk: an apply in the middle continues.
  process.stdout.on('error', (error: unknown) => {
    if (systemCode(error) !== 'EPIPE') failure ??= error
  })
  // There is nowhere left to report an error of standard error.
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
      // Styled for standard output; one of the two may be a file.
      process.stderr.write(`${shown(line, process.stderr.isTTY === process.stdout.isTTY)}\n`)
    },
    isRead: () => !process.stdout.destroyed,
    failure: () => failure,
    style: (style, text) => marked(styleText(style, ownStylesOf(text), { stream: process.stdout })),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true && !ci,
    columns: process.stdout.columns ?? 100,
  }
}

/** A style that is ours has a parameter that nobody else can know; text with any other escape sequence is from elsewhere. */
const mark = String(randomInt(2 ** 40))
const esc = '\u001b'
const style = new RegExp(`${esc}\\[(\\d+)m`, 'g')
const foreignEscape = new RegExp(`${esc}(?!\\[\\d+;${mark}m)`, 'g')
const markedStyle = new RegExp(`${esc}\\[(\\d+);${mark}m`, 'g')

/** Text with styles that are ours, and nothing else that a terminal would carry out. */
const ownStylesOf = (text: string): string =>
  text.replaceAll(foreignEscape, '\\u001b').replaceAll(markedStyle, `${esc}[$1m`)

const marked = (text: string): string => text.replaceAll(style, `${esc}[$1;${mark}m`)

/** Every text that this process prints goes through here. */
function shown(text: string, styled: boolean): string {
  if (!styled || !text.includes(mark)) return printable(hideValues(text.replaceAll(markedStyle, '')))
  // Texts and numbers of styles in turn.
  return text
    .split(markedStyle)
    .map((part, i) => (i % 2 === 0 ? printable(hideValues(part)) : `${esc}[${part}m`))
    .join('')
}
