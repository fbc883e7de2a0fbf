import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { commandLineOf, isAlive, type ProcessIdentity } from '../../src/host/identity.ts'
import { until } from '../../src/host/until.ts'
import { launchQemu } from '../../src/vm/qemu/launch.ts'
import { findServers } from '../../src/vm/share/servers.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-launch-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const at = (name: string): string => join(dir, name)

/** A program that runs this text of JavaScript. */
async function program(name: string, code: string): Promise<string> {
  await writeFile(at(name), `#!${process.execPath}\n${code}\n`)
  await chmod(at(name), 0o755)
  return at(name)
}

const server = async () => ({
  argv: [
    await program('server', `require('node:net').createServer().listen(process.argv[2])`),
    at('share.sock'),
  ],
  socket: at('share.sock'),
})
/** By its command line: one that is ended early has had no time to say anything. */
const serverRuns = async (): Promise<boolean> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(pids.map((pid) => commandLineOf(Number(pid))))
  return lines.some((argv) => argv?.includes(at('server')))
}
const alive = (identity: ProcessIdentity): Promise<boolean> => isAlive(identity)

test('a virtiofsd listens before QEMU starts, in place of a previous one, and ends with QEMU', async () => {
  await writeFile(at('share.sock'), 'left behind')
  const qemu = await program(
    'qemu',
    `if (!require('node:fs').statSync(process.argv[2]).isSocket()) process.exit(9); setInterval(() => {}, 1000)`,
  )
  const options = { logFile: at('log'), sockets: [], daemons: [await server()] }
  const { identity, daemons, exit } = await launchQemu([qemu, at('share.sock')], options)
  expect(daemons).toEqual(await findServers(dir))
  expect(daemons).toHaveLength(1)
  expect(await alive(identity)).toBe(true)
  expect(await serverRuns()).toBe(true)
  process.kill(identity.pid, 'SIGKILL')
  expect(await exit).toEqual({ code: null, signal: 'SIGKILL' })
  await until(async () => !(await serverRuns()), { deadlineMs: 30_000 })
})

test('a folder that cannot be served is reported with the output of virtiofsd, and QEMU is not started', async () => {
  const broken = await program('broken', `console.error('cannot mount'); process.exit(1)`)
  const qemu = await program('qemu', `require('node:fs').writeFileSync(${JSON.stringify(at('started'))}, '')`)
  const daemons = [await server(), { argv: [broken], socket: at('other.sock') }]
  await expect(launchQemu([qemu], { logFile: at('log'), sockets: [], daemons })).rejects.toMatchObject({
    code: 'vm/start-failed',
    message: expect.stringContaining('cannot mount'),
  })
  await expect(stat(at('started'))).rejects.toMatchObject({ code: 'ENOENT' })
  await until(async () => !(await serverRuns()), { deadlineMs: 30_000 })
})

test('a QEMU that cannot be started takes the servers with it', async () => {
  const options = { logFile: at('log'), sockets: [], daemons: [await server()] }
  await expect(launchQemu([at('none')], options)).rejects.toMatchObject({ code: 'vm/start-failed' })
  await until(async () => !(await serverRuns()), { deadlineMs: 30_000 })
})

test('a QEMU that ends at once takes the servers with it, in any order of events', async () => {
  const qemu = await program('qemu', `process.exit(1)`)
  for (let round = 0; round < 3; round += 1) {
    const options = { logFile: at('log'), sockets: [], daemons: [await server()] }
    const launched = await launchQemu([qemu], options).catch(() => undefined)
    if (launched !== undefined) expect(await launched.exit).toEqual({ code: 1, signal: null })
    await until(async () => !(await serverRuns()), { deadlineMs: 30_000 })
  }
})
