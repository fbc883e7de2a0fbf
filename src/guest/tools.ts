/** The guest builder's only host program: `sqfstar`, which packs the root file system. */
import type { Readable, Writable } from 'node:stream'
import { DesktopError } from '../errors/desktop-error.ts'
import { systemCode } from '../errors/system.ts'
import { startChild } from '../host/child.ts'
import { hostPackageManager, installHint } from '../host/package-manager.ts'

export type Tool = 'sqfstar'

function missing(tool: Tool, cause: unknown): DesktopError {
  const name = hostPackageManager()?.packages[tool] ?? 'squashfs-tools'
  return new DesktopError(
    'guest/missing-tool',
    `${tool} is needed to build the guest image and was not found`,
    {
      hint: installHint([name]),
      cause,
    },
  )
}

/** Runs a tool with streamed output, e.g. `sqfstar`. `done` rejects unless it exits with 0. */
export function streamTool(
  tool: Tool,
  args: readonly string[],
  signal?: AbortSignal,
): { stdin: Writable; stdout: Readable; done: Promise<void> } {
  const child = startChild(tool, args, { env: { ...process.env, LC_ALL: 'C' }, signal })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.on('error', () => {}) // EPIPE: the exit code says more.
  const done = new Promise<void>((resolve, reject) => {
    child.on('error', (error) => reject(systemCode(error) === 'ENOENT' ? missing(tool, error) : error))
    child.on('close', (code, killed) => {
      if (code === 0) resolve()
      else reject(toolFailure(tool, `exit ${code ?? killed}`, stderr))
    })
  })
  return { stdin: child.stdin, stdout: child.stdout, done }
}

/** Error with a failed tool's output. */
export function toolFailure(tool: Tool, how: string, stderr: string): DesktopError {
  const said = stderr.trim().split('\n').slice(-5).join('\n')
  const message = `${tool} failed (${how}): ${said === '' ? 'it printed nothing' : said}`
  if (/no space left|disk quota/i.test(stderr)) {
    return new DesktopError('guest/no-space', message)
  }
  return new DesktopError('guest/build-failed', message)
}
