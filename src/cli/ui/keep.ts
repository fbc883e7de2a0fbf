/** `desktop ui --keep`: the same command in the background, in its own session, until no page has been open for a while. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { catalogue, type ErrorCode } from '../../errors/catalogue.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { errorJson } from '../views/error.ts'

export interface KeptPage {
  url: string
  pid: number
}

/** As this command was started, without what is for a terminal; errors as JSON, since they are read and not shown. */
function backgroundArguments(idleMs: number): string[] {
  const given = process.argv.slice(2).filter((word) => !['--keep', '--no-open', '--json'].includes(word))
  const idle = given.some((word) => word.startsWith('--idle'))
    ? []
    : ['--idle', `${Math.ceil(idleMs / 1000)}s`]
  return [...process.execArgv, process.argv[1] ?? '', ...given, '--json', '--no-open', ...idle]
}

/** Resolves when it serves. Rejects with its errors when it ends before. */
export function startKept(idleMs: number): Promise<KeptPage> {
  const child = spawn(process.execPath, backgroundArguments(idleMs), {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return new Promise((resolve, reject) => {
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const lines = createInterface(child.stdout)
    lines.once('line', (line) => {
      const failure = errorIn(line)
      if (failure !== undefined) return reject(failure)
      // Nobody reads from it any more.
      for (const stream of [child.stdout, child.stderr]) stream.destroy()
      child.unref()
      resolve({ url: line, pid: child.pid ?? 0 })
    })
    child.once('error', reject)
    child.once('close', (code, signal) => {
      const cause = said === '' ? {} : { cause: new Error(said.trim()) }
      reject(new DesktopError('ui/not-kept', `the background server ended with ${signal ?? code}`, cause))
    })
  })
}

/** The error that a command printed with `--json`; undefined = another line. */
function errorIn(line: string): DesktopError | undefined {
  if (!line.startsWith('{')) return undefined
  const { errors } = JSON.parse(line) as ReturnType<typeof errorJson>
  const [first, ...others] = errors.map(({ code, message, hint, file, line = 1, column = 1 }) => {
    const known = Object.hasOwn(catalogue, code) ? (code as ErrorCode) : 'ui/not-kept'
    return new DesktopError(known, message, {
      ...(hint === undefined ? {} : { hint }),
      ...(file === undefined ? {} : { at: { file, line, column } }),
    })
  })
  return first === undefined
    ? undefined
    : new DesktopError(first.code, first.message, {
        ...(first.hint === undefined ? {} : { hint: first.hint }),
        ...(first.at === undefined ? {} : { at: first.at }),
        others,
      })
}

/** Calls `end` once `lastOpenMs` is that long ago. */
export function endWhenIdle(idleMs: number, lastOpenMs: () => number, end: () => void): Disposable {
  const timer = setInterval(
    () => {
      if (performance.now() - lastOpenMs() >= idleMs) end()
    },
    Math.min(idleMs / 4, 60_000),
  )
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
