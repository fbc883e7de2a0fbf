/** One supervisor per state directory, found by every command, whatever else was removed or differs. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { lstatSync } from 'node:fs'
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readIdentity } from '../../src/host/environment-identity.ts'
import { baseDirs, environmentPaths } from '../../src/host/paths.ts'
import { run } from '../../src/host/run.ts'
import { until } from '../../src/host/until.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { freePorts } from '../support/free-ports.ts'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
  await host.write()
  await host.ok('apply')
})
afterEach(() => host?.[Symbol.asyncDispose]())

/** From a session with another runtime directory: cron, ssh, a desktop terminal. */
function elsewhere(...args: string[]): ReturnType<typeof run> {
  const env = { ...host.env, XDG_RUNTIME_DIR: join(host.dir, 'other') }
  return run([process.execPath, join(host.dir, 'desktop/dist/desktop.js'), ...args], { cwd: host.dir, env })
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

/** Repeated if the supervisor creates a file in it meanwhile. */
const removeRuntime = (): Promise<void> =>
  rm(host.paths.runtimeDir, { recursive: true, maxRetries: 10, retryDelay: 5 })

async function expectSameMachine(before: Awaited<ReturnType<TestHost['processes']>>): Promise<void> {
  await host.ok('plan', '--exit-code')
  expect(await host.processes()).toEqual(before)
  expect(await host.boots()).toHaveLength(1)
}

describe('a session with another runtime directory', () => {
  beforeEach(() => mkdir(join(host.dir, 'other'), { mode: 0o700 }))

  test('finds the environment where it is, changes nothing, and destroys all of it', async () => {
    const before = await host.processes()
    const plan = await elsewhere('plan', '--exit-code')
    expect(plan.code, plan.stdout).toBe(0)
    expect((await elsewhere('apply')).code).toBe(0)
    expect((await elsewhere('env')).stdout).toContain(host.paths.sockets.docker)
    await expectSameMachine(before)
    expect((await elsewhere('destroy', '--yes')).code).toBe(0)
    expect(await host.processes()).toEqual([])
    expect(lstatSync(host.paths.stateDir, { throwIfNoEntry: false })).toBeUndefined()
    expect(lstatSync(host.paths.runtimeDir, { throwIfNoEntry: false })).toBeUndefined()
  })

  test('adopts a VM whose supervisor was killed, with docker.sock where it was', async () => {
    await host.kill('supervisor')
    expect((await elsewhere('apply')).code).toBe(0)
    expect(await answers(host.paths.sockets.docker)).toBe(true)
    expect(await host.boots()).toHaveLength(1)
    await host.ok('plan', '--exit-code')
  })

  test('resumes a machine that was suspended in the first', async () => {
    await host.ok('stop')
    expect((await elsewhere('start')).code).toBe(0)
    expect((await host.log()).filter(([what]) => what === 'resume')).toHaveLength(1)
  })
})

describe('a file removed while the environment runs', () => {
  test.each(['control.sock', 'docker.sock', 'the runtime directory', 'identity.json'])(
    '(%s) is there again within a second, and nothing is restarted',
    async (what) => {
      const before = await host.processes()
      const { sockets, identity } = host.paths
      const path = {
        'control.sock': sockets.control,
        'docker.sock': sockets.docker,
        'identity.json': identity,
      }[what]
      await (path === undefined ? removeRuntime() : rm(path))
      const began = performance.now()
      const back = async (): Promise<boolean> =>
        (await answers(sockets.control)) &&
        (await answers(sockets.docker)) &&
        lstatSync(identity, { throwIfNoEntry: false }) !== undefined
      await until(back, { deadlineMs: 20_000, intervalMs: 10 })
      // One check interval of the supervisor, with margin for a busy host.
      expect(performance.now() - began).toBeLessThan(5_000)
      await expectSameMachine(before)
    },
  )

  test('does not stop the next command, and neither does a port of the file', async () => {
    const [port] = await freePorts(1)
    await host.write(`ports: ["${port}:80"]\n`)
    await host.ok('apply')
    const before = await host.processes()
    await removeRuntime()
    await rm(host.paths.sockets.control)
    await host.ok('apply')
    await expectSameMachine(before)
  })

  test('does not stop a command that is faster than the look of the supervisor', async () => {
    for (let round = 0; round < 5; round += 1) {
      await removeRuntime()
      await host.ok('apply')
    }
    expect(await answers(host.paths.sockets.docker)).toBe(true)
  })

  test('(the state directory) ends the machine in order and the supervisor, which restores nothing', async () => {
    await rename(host.paths.stateDir, join(host.dir, 'moved'))
    await until(async () => (await host.processes()).length === 0, { deadlineMs: 60_000 })
    expect((await host.log()).filter(([what]) => what === 'end')).toMatchObject([
      ['end', expect.anything(), 'shutdown'],
    ])
    expect(lstatSync(host.paths.stateDir, { throwIfNoEntry: false })).toBeUndefined()
  })
})

test('a docker.sock that everyone may open is drift, and apply closes it', async () => {
  const { docker } = host.paths.sockets
  await chmod(docker, 0o777)
  const drift = await host.desktop('drift', '--exit-code')
  expect(drift.code, drift.stdout).toBe(2)
  expect(drift.stdout).toContain('mode')
  await host.ok('apply')
  expect(lstatSync(docker).mode & 0o777).toBe(0o600)
  await host.ok('drift', '--exit-code')
})

test('the identity names supervisor, QEMU, sockets and version', async () => {
  const identity = await readIdentity(host.paths.identity)
  const pids = Object.fromEntries((await host.processes()).map(({ kind, pid }) => [kind, pid]))
  expect(identity).toMatchObject({
    supervisor: { pid: pids.supervisor, started: expect.any(String), bootId: expect.any(String) },
    vm: { pid: pids.qemu },
    sockets: { control: host.paths.sockets.control, docker: host.paths.sockets.docker },
    toolVersion: expect.stringMatching(/^\d/),
  })
  expect(await readFile(host.paths.supervisorPid, 'utf8')).toBe(String(pids.supervisor))
})

test('a runtime directory whose name is too long for a socket is passed over for a short one', () => {
  const dirs = baseDirs({ HOME: host.dir, XDG_RUNTIME_DIR: `/run/${'x'.repeat(120)}` })
  expect(environmentPaths('crash', dirs).sockets.docker).toMatch(/^\/tmp\/desktop-\w+\/crash\/docker\.sock$/)
})

test('two hundred supervisors of one state, with whatever removed and wherever their sockets: one serves, the VM runs on', async () => {
  const { identity, sockets, supervisorPid, lock, runtimeDir } = host.paths
  const losses = [
    [],
    [identity],
    [sockets.control],
    [identity, sockets.control, supervisorPid],
    [lock],
    [runtimeDir],
  ]
  const qemus = async () => (await host.processes()).filter(({ kind }) => kind === 'qemu')
  const supervisorPids = async () =>
    (await host.processes()).flatMap(({ kind, pid }) => (kind === 'supervisor' ? [pid] : []))
  const before = await qemus()
  const start = (index: number): ChildProcess => {
    const env = { ...host.env, XDG_RUNTIME_DIR: join(host.dir, `run${index % 5}`), XDG_CACHE_HOME: host.dir }
    const script = join(host.dir, 'desktop/dist/supervisor.js')
    return spawn(process.execPath, [script, 'crash'], { env, stdio: 'ignore' })
  }
  for (let round = 0; round < 10; round += 1) {
    // In every other round nobody holds the lock and all compete for it; otherwise the holder may be stopped
    // for a while.
    if (round % 2 === 1) await host.kill('supervisor')
    const stopped = round % 4 === 2 ? await supervisorPids() : []
    for (const pid of stopped) process.kill(pid, 'SIGSTOP')
    const supervisors: ChildProcess[] = []
    for (let index = 0; index < 20; index += 1) {
      for (const path of losses[(round + index) % losses.length] ?? [])
        await rm(path, { recursive: true, force: true })
      supervisors.push(start(index))
    }
    for (const pid of stopped) process.kill(pid, 'SIGCONT')
    const ended = supervisors.map((child) => (child.exitCode === null ? once(child, 'exit') : undefined))
    const losers = round % 2 === 1 ? 19 : 20
    let gone = 0
    for (const end of ended) void Promise.resolve(end).then(() => (gone += 1))
    await until(async () => gone >= losers, { deadlineMs: 60_000 })
    await until(() => answers(sockets.control), { deadlineMs: 20_000 })
    expect((await host.processes()).filter(({ kind }) => kind === 'supervisor')).toHaveLength(1)
    expect(gone).toBe(losers)
  }
  expect(await qemus()).toEqual(before)
  expect(await host.boots()).toHaveLength(1)
  await host.ok('apply')
  await host.ok('plan', '--exit-code')
}, 240_000)
