/** Folders and sockets of the host in containers, on one VM. The tests run in order. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { findProgram } from '../../src/host/packages.ts'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { type Docker, dockerForTests } from './docker.ts'
import { ok, type TestEnvironment, testEnvironment } from './environment.ts'

let docker: Docker
let machine: TestEnvironment

const write = (guest: string): Promise<void> =>
  machine.write(`vm: { cpus: 2, memory: 1GiB, disk: 4GiB }\nguest: { ${guest} }\n`)

beforeAll(async () => {
  docker = await dockerForTests()
  machine = await testEnvironment(docker.cli)
  await write(`sshAgent: ./agent.sock`)
  await ok(machine.desktop('apply'))
  await ok(machine.docker('import', docker.rootfs, 'box'))
})

afterAll(async () => {
  await machine?.[Symbol.asyncDispose]()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(await machine.logs())
})

const sshAdd = await findProgram('ssh-add')

describe.skipIf(sshAdd === undefined)('the SSH agent', () => {
  let agent: ChildProcess | undefined
  const socket = (): string => join(machine.dir, 'agent.sock')

  /** With one key. */
  async function startAgent(): Promise<void> {
    agent = spawn('ssh-agent', ['-D', '-a', socket()], { stdio: 'ignore' })
    const env = { ...machine.env, SSH_AUTH_SOCK: socket() }
    const add = () => run(['ssh-add', '-q', join(machine.dir, 'key')], { env })
    await until(async () => (await add()).code === 0, { deadlineMs: 10_000 })
  }

  async function endAgent(): Promise<void> {
    if (agent === undefined) return
    const exited = once(agent, 'exit')
    agent.kill('SIGKILL')
    await exited
    await rm(socket(), { force: true })
    agent = undefined
  }

  const keys = (...options: string[]) =>
    machine.docker(
      ...['run', '--rm', '-v', '/run/host-services/ssh-auth.sock:/agent', '-e', 'SSH_AUTH_SOCK=/agent'],
      ...[...options, 'ssh', sshAdd!, '-l'],
    )

  beforeAll(async () => {
    const key = join(machine.dir, 'key')
    await ok(run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'of the test', '-f', key]))
    const libraries = (await ok(run(['ldd', sshAdd!]))).match(/\/\S+/g) ?? []
    const tar = join(machine.dir, 'ssh.tar')
    const passwd = join(machine.dir, 'passwd')
    await ok(run(['sh', '-c', 'echo root:x:0:0::/:/bin/sh >"$1"', 'sh', passwd]))
    const renamed = `--transform=s|^${passwd.slice(1)}|etc/passwd|`
    await ok(
      run([
        'tar',
        '-chf',
        tar,
        renamed,
        '-C',
        '/',
        ...[sshAdd!, ...libraries, passwd].map((path) => path.slice(1)),
      ]),
    )
    await ok(machine.docker('import', tar, 'ssh'))
  })

  afterAll(endAgent)

  test('a container lists its keys, as any user', async () => {
    await startAgent()
    expect(await ok(keys())).toContain('of the test (ED25519)')
    expect(await ok(keys('--user', '1000'))).toContain('of the test (ED25519)')
  })

  test('an agent that has ended is named by status, and one at the same path is used at once', async () => {
    await endAgent()
    expect((await keys()).stderr).toContain('communication with agent failed')
    expect(await ok(machine.desktop('status'))).toMatch(/ssh agent +.*agent\.sock: nothing is there/)
    expect((await machine.desktop('drift')).code).toBe(0)
    await startAgent()
    expect(await ok(keys())).toContain('of the test')
  })

  test('it is reached again after the relay and the supervisor were killed', async () => {
    await ok(machine.desktop('exec', '--', 'sh', '-c', 'kill -9 "$(cat /run/services/ssh-agent.pid)"'))
    await until(async () => (await keys()).code === 0, { deadlineMs: 60_000, intervalMs: 500 })
    const { supervisor } = JSON.parse(await ok(machine.desktop('status', '--json')))
    process.kill(supervisor.value.pid, 'SIGKILL')
    await ok(machine.desktop('apply'))
    expect(await ok(keys())).toContain('of the test')
  })

  test('a key that is taken out closes it, live', async () => {
    await write('')
    const { stdout } = await machine.desktop('apply')
    expect(stdout).toContain('stop forwarding the SSH agent')
    expect(stdout).toContain('nothing is interrupted')
    expect((await keys()).stderr).toContain('communication with agent failed')
  })
})
