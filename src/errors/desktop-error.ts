/** The error of this tool: a stable code, a message, where, and a hint. */
import type { ErrorCode } from './catalogue.ts'
import { catalogue } from './catalogue.ts'
import { maskCredentials } from './credentials.ts'

/** A place in a file, 1-based, with the caret frame that shows it. */
export interface FileRange {
  file: string
  line: number
  column: number
  /** Source line(s) with a caret line under the offending text. */
  frame?: string
}

interface DesktopErrorOptions {
  hint?: string
  at?: FileRange
  cause?: unknown
  /** Further errors of the same run, e.g. every mistake of one config file. */
  others?: readonly DesktopError[]
}

/** What it says is shown, logged and kept, so that no credential of a URL stays in it. */
export class DesktopError extends Error {
  override readonly name = 'DesktopError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly at: FileRange | undefined
  readonly others: readonly DesktopError[]

  constructor(code: ErrorCode, message: string, options: DesktopErrorOptions = {}) {
    super(maskCredentials(message), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint === undefined ? undefined : maskCredentials(options.hint)
    this.at = options.at
    this.others = options.others ?? []
  }

  get exitCode(): number {
    return catalogue[this.code].exit
  }
}
