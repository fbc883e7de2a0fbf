/** The host's SSH agent, and images of other CPUs, on one VM. The tests run in order. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findProgram } from '../../src/host/packages.ts'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { arm64Line, arm64Program } from './arm64-program.ts'
import { ok } from './environment.ts'
import { applyWithBox, machine, shareVm } from './shared-vm.ts'

const write = (guest: string): Promise<void> =>
  machine.write(`vm: { cpus: 2, memory: 1GiB, disk: 4GiB }\nguest: { ${guest} }\n`)

shareVm(async () => {
  await write(`sshAgent: ./agent.sock`)
  await applyWithBox()
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
    expect((await machine.desktop('drift', '--exit-code')).code).toBe(0)
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

describe('images of other CPUs', () => {
  const hello = () => machine.docker('run', '--rm', '--platform', 'linux/arm64', 'arm64', '/hello')

  beforeAll(async () => {
    await writeFile(join(machine.dir, 'hello'), arm64Program(), { mode: 0o755 })
    const tar = join(machine.dir, 'arm64.tar')
    await ok(run(['tar', '-cf', tar, '-C', machine.dir, 'hello']))
    await ok(machine.docker('import', '--platform', 'linux/arm64', tar, 'arm64'))
  })

  test('they run after a live change, and a change back ends that', async () => {
    expect((await hello()).stderr).toMatch(/exec format error/i)
    await write('platforms: [arm64]')
    expect((await machine.desktop('apply')).stdout).toContain('nothing is interrupted')
    expect(await ok(hello())).toBe(arm64Line)
    expect((await machine.desktop('drift', '--exit-code')).code).toBe(0)
    await write('')
    await ok(machine.desktop('apply'))
    expect((await hello()).stderr).toMatch(/exec format error/i)
    const left = await ok(machine.desktop('exec', '--', 'ls', '/var/lib/desktop/platforms'))
    expect(left.trim()).toBe('list')
  })

  test('a registration that is gone is drift, which apply repairs', async () => {
    await write('platforms: [arm64]')
    await ok(machine.desktop('apply'))
    const script = 'echo -1 >/proc/sys/fs/binfmt_misc/desktop-arm64'
    await ok(machine.desktop('exec', '--', 'sh', '-c', script))
    expect((await machine.desktop('drift', '--exit-code')).code).not.toBe(0)
    await ok(machine.desktop('apply'))
    expect(await ok(hello())).toBe(arm64Line)
  })

  test('they run after the VM has restarted, with nothing to do', async () => {
    await ok(machine.desktop('stop', '--power-off'))
    await ok(machine.desktop('start'))
    expect(await ok(hello())).toBe(arm64Line)
    expect(await ok(machine.desktop('plan'))).toContain('nothing to do')
  })
})
