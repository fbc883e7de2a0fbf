/** Runs a program to completion and returns its output. */
import { startChild } from './child.ts'

export interface RunResult {
  /** A signal gives `code: null` and its name, not 128 + its number. */
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

export interface RunOptions {
  cwd?: string
  env?: Readonly<Record<string, string | undefined>>
  stdin?: string | Uint8Array
  signal?: AbortSignal
  /** Called for each chunk of standard error, e.g. to show progress. */
  onStderr?: (text: string) => void
}

/** Rejects only if the program cannot be started (ENOENT, EACCES) or the signal aborts. */
export function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const [file, ...args] = argv
  return new Promise((resolve, reject) => {
    const child = startChild(file, args, {
      cwd: options.cwd,
      env: options.env === undefined ? process.env : { ...process.env, ...options.env },
      signal: options.signal,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      options.onStderr?.(text)
    })
    // EPIPE if the program exits without reading its input; the exit code is more informative.
    child.stdin.on('error', () => {})
    child.stdin.end(options.stdin)
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
}
