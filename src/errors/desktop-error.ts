/** The error of this tool: a stable code, a message, a location and a hint. */
import type { ErrorCode } from './catalogue.ts'
import { catalogue } from './catalogue.ts'
import { maskCredentials } from './credentials.ts'

/** Location in a file, 1-based, with its caret frame. */
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
  /** Further errors of the same run, e.g. all mistakes of one config file. */
  others?: readonly DesktopError[]
}

/** Message and hint are printed, logged and stored, so credentials in URLs are masked. */
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
