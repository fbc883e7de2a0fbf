/** Other people's clients on a VM: what their users do with them. Not part of CI. */
import { copyFile, cp, mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { ok } from '../e2e/environment.ts'
import { type ClientMachine, clientMachine } from './client-machine.ts'
import { clientWorkspace, type Workspace } from './workspace.ts'

let clients: ClientMachine
let workspace: Workspace

beforeAll(async () => {
  workspace = await clientWorkspace()
  clients = await clientMachine('clients', ['busybox:latest'])
})
afterAll(async () => {
  await clients?.[Symbol.asyncDispose]()
  // Of testcontainers for Node, which has one for each user.
  for (const name of await readdir(tmpdir()))
    if (name.startsWith('testcontainers-node-')) await rm(join(tmpdir(), name), { force: true })
})

const programs = join(import.meta.dirname, 'programs')
const withoutReaper = { TESTCONTAINERS_RYUK_DISABLED: 'true' }

/** Runs a program of the folder with the clients of its language. */
async function start(name: string, env: Record<string, string> = withoutReaper): ReturnType<typeof run> {
  const options = { env: { ...clients.env, ...env } }
  if (name.endsWith('.py')) return run([workspace.python, join(programs, name)], options)
  const program = join(workspace.nodeDir, name)
  await copyFile(join(programs, name), program)
  return run([process.execPath, program], options)
}

test('testcontainers for Node: a port, wait strategies and exec', async () => {
  expect(JSON.parse(await ok(start('testcontainers.mjs')))).toEqual(['hello', 'inside', 0])
})

test('dockerode: output of both kinds, an exit code and 4 MiB through a hijacked stream', async () => {
  expect(JSON.parse(await ok(start('dockerode.mjs')))).toEqual([3, 'one', 'two', 4 * 2 ** 20])
})

test('testcontainers for Python: a port and a wait for the log', async () => {
  expect(await ok(start('testcontainers_port.py'))).toBe('hello\n')
})

describe('the reaper', () => {
  const docker = (...args: string[]): Promise<string> => ok(clients.project('reaper').docker(args))

  // Ryuk's image cannot be pulled here: the stand-in speaks its protocol, with Debian's docker.
  beforeAll(async () => {
    const context = clients.project('reaper').dir
    await mkdir(join(context, 'client'))
    for (const part of ['own/docker', 'programs/docker', 'lib'])
      await cp(join(clients.clientDir, part), join(context, 'client', part), { recursive: true })
    await docker('build', '-t', 'reaper', '.')
  })

  test.each(['crashes.mjs', 'crashes.py'])('it removes what a killed client has left: %s', async (name) => {
    const { signal, stdout, stderr } = await start(name, { RYUK_CONTAINER_IMAGE: 'reaper' })
    expect(signal, stderr).toBe('SIGKILL')
    const id = stdout.trim()
    expect(id).toMatch(/^[0-9a-f]{64}$/)
    const left = (): Promise<string> => docker('ps', '-aq', '--no-trunc')
    await until(async () => !(await left()).includes(id), { deadlineMs: 60_000, intervalMs: 500 })
    // The reaper ends after its last client.
    await until(async () => (await docker('ps', '-q')) === '', { deadlineMs: 60_000, intervalMs: 500 })
  })
})
