/** One bash for many commands, as at a terminal: what a command sets is there for the next. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'

export interface BashSession extends AsyncDisposable {
  /** Output and errors as one. Rejects when the command does not end in time. */
  run(command: string, deadlineMs: number): Promise<{ code: number; output: string }>
}

export function bashSession(options: { cwd: string; env: Record<string, string> }): BashSession {
  const env = { ...process.env, ...options.env }
  const child = spawn('bash', ['--noprofile', '--norc'], {
    cwd: options.cwd,
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const mark = randomUUID()
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let text = ''
  let onText = (): void => {}
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    onText()
  })
  child.stdin.write('exec 2>&1\n')
  return {
    run: (command, deadlineMs) =>
      new Promise((resolve, reject) => {
        text = ''
        const timer = setTimeout(() => reject(new Error(`did not end: ${command}\n${text}`)), deadlineMs)
        onText = () => {
          const end = new RegExp(`\\n${mark} (\\d+)\\n`).exec(text)
          if (end === null) return
          clearTimeout(timer)
          resolve({ code: Number(end[1]), output: text.slice(0, end.index) })
        }
        child.stdin.write(`{ ${command}\n} </dev/null\nprintf '\\n${mark} %d\\n' $?\n`)
      }),
    [Symbol.asyncDispose]: async () => {
      child.stdin.end()
      child.kill('SIGKILL')
      await ended
    },
  }
}
