/**
 * `desktop forward` as a process. A test file that imports this has an empty folder for each test; processes that a
 * test leaves are killed.
 */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect } from 'vitest'

export const entry: string = join(import.meta.dirname, '../../../src/cli/main.ts')
/** In a user namespace of its own nobody has privileges over the host's network. */
export const canBeNobody: boolean = spawnSync('unshare', ['--user', 'true']).status === 0
let dir: string
const children: ChildProcess[] = []
export const at = (name: string): string => join(dir, name)

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'fwd-'))
})

afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'close')
  }
  rmSync(dir, { recursive: true })
})

export interface Run {
  child: ChildProcess
  said: () => string
  ended: Promise<number | null>
}

export function start(...args: string[]): Run {
  return run(process.execPath, entry, 'forward', ...args)
}

export function run(command: string, ...args: string[]): Run {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  let said = ''
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, said: () => said, ended }
}

export async function listening(...args: string[]): Promise<Run> {
  const run = start(...args)
  await expect.poll(run.said, { timeout: 30_000 }).toContain('this host')
  return run
}

/** curl, as a user would call it; gives status and body. */
export async function curl(path: string, ...args: string[]): Promise<{ status: number; body: string }> {
  const given = ['-sS', '-w', '\n%{http_code}', '--unix-socket', at('api'), ...args, `http://api${path}`]
  const { stdout } = await promisify(execFile)('curl', given)
  const cut = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(cut + 1)), body: stdout.slice(0, cut) }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

export const every = (): string[] => [
  ...['--listen-qemu', `unix://${at('qemu')}`, '--listen-qemu', at('more')],
  ...['--listen-vpnkit', `unix://${at('vpnkit')}`, '--listen', `unix://${at('api')}`],
]
