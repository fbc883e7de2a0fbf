/**
 * Every error a user can meet. A code is stable: scripts may match on it, and `docs/errors.md`
 * (generated from this catalogue by `npm run generate`) explains each one.
 */

/** Process exit codes; the table is in docs/reference/exit-codes.md. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  changes: 2,
  config: 3,
  applyIncomplete: 4,
  policy: 5,
  lockHeld: 6,
  stalePlan: 7,
  unreachable: 8,
  interrupted: 130,
} as const

interface CatalogueEntry {
  /** Process exit code when this error ends a command. */
  exit: number
  /** One sentence: what happened. */
  summary: string
  /** What to do next, in general; a thrown error may carry a more precise hint. */
  fix: string
}

/** Sorted by code. `exit` is one of `exitCodes`, written as a number so that the type can be inferred. */
export const catalogue = {
  'cli/usage': {
    exit: 1,
    summary: 'The command line is not one that desktop understands.',
    fix: 'See `desktop --help`.',
  },
  'internal/bug': {
    exit: 1,
    summary: 'Something went wrong inside desktop itself.',
    fix: 'Run again with --verbose and report the output.',
  },
} as const

/** The same, by any code, for documentation and views. */
export const catalogueEntries: Readonly<Record<string, CatalogueEntry>> = catalogue

export type ErrorCode = keyof typeof catalogue

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

export class DesktopError extends Error {
  override readonly name = 'DesktopError'
  readonly code: ErrorCode
  readonly hint: string | undefined
  readonly at: FileRange | undefined
  readonly others: readonly DesktopError[]

  constructor(code: ErrorCode, message: string, options: DesktopErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.at = options.at
    this.others = options.others ?? []
  }

  get exitCode(): number {
    return catalogue[this.code].exit
  }
}

/** The text of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** The `code` of a Node system error (`ENOENT`, `EADDRINUSE` …), if it has one. */
export function systemCode(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
