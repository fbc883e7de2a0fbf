/** A command on a dedicated terminal, as a person uses it: keys in, screen output out. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Terminal extends AsyncDisposable {
  /** Types; `\u0003` is Ctrl-C, `\t` is Tab. */
  type(text: string): void
  /** All that was drawn so far. */
  drawn(): string
  /** Resolves when this is drawn after everything that was waited for before. */
  sees(text: string | RegExp, deadlineMs?: number): Promise<string>
  /** Exit code of the command; 128 + signal. */
  ended: Promise<number>
}

/** By util-linux's `script`, which every Debian has. */
export function terminal(command: string, options: { cwd?: string; env: NodeJS.ProcessEnv }): Terminal {
  // Without a terminal in front of it, `script` makes one of no size.
  const sized = `stty rows 40 cols 100; exec ${command}`
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', sized, '/dev/null'], {
    ...options,
    // The one that `script` runs the command with.
    env: { ...options.env, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  let all = ''
  let from = 0
  let wake = (): void => {}
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    all += text
    wake()
  })
  child.stdin.on('error', () => {})
  const ended = once(child, 'close').then(([code]) => Number(code))
  const find = (text: string | RegExp): { at: number; length: number } | undefined => {
    const rest = all.slice(from)
    if (typeof text === 'string') {
      const at = rest.indexOf(text)
      return at < 0 ? undefined : { at, length: text.length }
    }
    const match = text.exec(rest)
    return match === null ? undefined : { at: match.index, length: match[0].length }
  }
  return {
    type: (text) => void child.stdin.write(text),
    drawn: () => all,
    sees: (text, deadlineMs = 15_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`never drawn: ${text}\n${JSON.stringify(all.slice(from))}`)),
          deadlineMs,
        )
        wake = () => {
          const found = find(text)
          if (found === undefined) return
          clearTimeout(timer)
          const seen = all.slice(from, from + found.at + found.length)
          from += found.at + found.length
          wake = () => {}
          resolve(seen)
        }
        wake()
      }),
    ended,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      await ended
    },
  }
}
