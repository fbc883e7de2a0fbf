/**
 * A temporary directory of each test run, and its forbidden leftovers: files in it, and processes that
 * were started with it. Leftovers are removed, and the run fails.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandLineOf } from '../../src/host/identity.ts'

/** Shared by all tests of the run: Node's compile cache, the bundles of test/support/cli/host.ts. */
const ofTheRun = /^(node-compile-cache$|bundles(-|$))/

/** Processes with this TMPDIR, the workers of the run itself left out. */
async function processesOf(dir: string): Promise<{ pid: number; command: string }[]> {
  const pids = (await readdir('/proc').catch(() => [])).map(Number).filter((pid) => pid > 0)
  const found = await Promise.all(
    pids.map(async (pid) => {
      if (pid === process.pid) return []
      const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
      if (!environment.split('\0').includes(`TMPDIR=${dir}`)) return []
      const command = (await commandLineOf(pid))?.join(' ') ?? ''
      return command === '' || command.includes('/vitest/dist/workers/') ? [] : [{ pid, command }]
    }),
  )
  return found.flat()
}

/** Runs before the first test; what it gives back runs after the last. */
export default async function leftovers(): Promise<() => Promise<void>> {
  const before = process.env.TMPDIR
  // Sockets of the tests are below it and need short paths.
  const dir = await mkdtemp(join(tmpdir(), 't-'))
  process.env.TMPDIR = dir
  return async () => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    const processes = await processesOf(dir)
    for (const { pid } of processes) process.kill(pid, 'SIGKILL')
    const files = (await readdir(dir)).filter((name) => !ofTheRun.test(name))
    await rm(dir, { recursive: true, force: true })
    if (processes.length === 0 && files.length === 0) return
    process.exitCode = 1
    const left = [...processes.map(({ pid, command }) => `process ${pid}: ${command}`), ...files]
    throw new Error(`the tests left behind:\n  ${left.join('\n  ')}`)
  }
}
