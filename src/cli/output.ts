/** Where a command writes. Results go to standard output; all that is said about the run, to standard error. */
import { stripVTControlCharacters, styleText } from 'node:util'
import { systemCode } from '../errors.ts'

type Style = Parameters<typeof styleText>[0]

export interface Output {
  /** Standard output, as it is. */
  write(text: string): void
  /** Standard error, a line. */
  say(line: string): void
  /** False when whoever read standard output is gone, e.g. `| head`. */
  isRead(): boolean
  /** Coloured when the stream is a terminal and NO_COLOR is not set. */
  style(style: Style, text: string): string
  /** A person is there: both to show progress that moves and to ask. */
  interactive: boolean
  /** Columns of the terminal, or of a usual one. */
  columns: number
}

/** NO_COLOR, FORCE_COLOR and NODE_DISABLE_COLORS are honoured by `styleText`. */
export function processOutput(env: NodeJS.ProcessEnv = process.env): Output {
  // A reader that leaves ends no command: an apply in the middle goes on.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: unknown) => {
      if (systemCode(error) !== 'EPIPE') throw error
    })
  }
  const ci = env.CI !== undefined && env.CI !== '' && env.CI !== 'false'
  return {
    write: (text) => {
      process.stdout.write(text)
    },
    say: (line) => {
      // Styled for standard output; one of the two may be a file.
      process.stderr.write(
        `${process.stderr.isTTY === process.stdout.isTTY ? line : stripVTControlCharacters(line)}\n`,
      )
    },
    isRead: () => !process.stdout.destroyed,
    style: (style, text) => styleText(style, text, { stream: process.stdout }),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true && !ci,
    columns: process.stdout.columns ?? 100,
  }
}
