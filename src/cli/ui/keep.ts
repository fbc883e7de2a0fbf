/** `desktop ui --keep`: the same command in the background, in its own session, until no page has been open for a while. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { DesktopError } from '../../errors/desktop-error.ts'

export interface KeptPage {
  url: string
  pid: number
}

/** As this command was started, without what is for a terminal. */
function backgroundArguments(idleMs: number): string[] {
  const given = process.argv.slice(2).filter((word) => word !== '--keep' && word !== '--no-open')
  const idle = given.some((word) => word.startsWith('--idle'))
    ? []
    : ['--idle', `${Math.ceil(idleMs / 1000)}s`]
  return [...process.execArgv, process.argv[1] ?? '', ...given, '--no-open', ...idle]
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
    lines.once('line', (url) => {
      // Nobody reads from it any more.
      for (const stream of [child.stdout, child.stderr]) stream.destroy()
      child.unref()
      resolve({ url, pid: child.pid ?? 0 })
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      const message = said.trim() || `the page ended with ${code}`
      reject(new DesktopError('ui/not-kept', message))
    })
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
