/**
 * Unattended commands: a watch that repairs, an apply on trial, and a service with a fake service manager.
 */
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeTrial } from '../../src/apply/history/trial.ts'
import { unitName, unitPath } from '../../src/host/service.ts'
import { until } from '../../src/host/until.ts'
import { connectSupervisor } from '../../src/supervisor/api/client.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'
import { freePorts } from '../support/free-ports.ts'

let host: TestHost
let yaml: (debug: boolean) => string
beforeAll(async () => {
  host = await testHost()
  const [port] = await freePorts(1)
  yaml = (debug) => `ports: ["${port}:80"]\nengine: { config: { debug: ${debug} } }\n`
  await host.write(yaml(true))
  await host.ok('apply')
})
afterAll(() => host?.[Symbol.asyncDispose]())

const inSync = async (): Promise<boolean> => (await host.desktop('plan', '--exit-code')).code === 0
const deadline = { deadlineMs: 60_000, intervalMs: 200 }

/** Runs a watch during `work`, and returns its output. */
async function watching(args: readonly string[], work: () => Promise<void>): Promise<string> {
  const watch = host.start('watch', '--interval', '500ms', ...args)
  let said = ''
  for (const stream of [watch.stdout, watch.stderr]) stream?.on('data', (chunk) => (said += chunk))
  try {
    await until(async () => said.includes('watching'), deadline)
    await work()
  } finally {
    watch.kill('SIGINT')
    await once(watch, 'close')
  }
  return said
}

test('a watch with --repair puts right what costs no more than its effect, and leaves the rest', async () => {
  const said = await watching(['--repair'], async () => {
    const control = await connectSupervisor(host.paths)
    await control?.setPorts([])
    await until(inSync, deadline)
    await host.kill('qemu')
    await until(async () => (await host.desktop('drift')).stdout.includes('vm:'), deadline)
  })
  expect(said).toContain('applied')
  expect((await host.boots()).length).toBe(1)
})

test('a watch that may restart the VM starts one that died, and none that was stopped', async () => {
  await watching(['--repair=restart-vm'], async () => {
    await until(inSync, deadline)
  })
  expect((await host.boots()).length).toBe(2)
  await host.ok('stop', '--power-off')
  await watching(['--repair=restart-vm'], async () => {
    const { stdout } = await host.desktop('drift')
    expect(stdout).toContain('not running')
  })
  expect((await host.boots()).length).toBe(2)
  await host.ok('start')
})

test('an apply on trial returns to the generation before, unless it is confirmed in time', async () => {
  await host.write(yaml(false))
  const back = await host.desktop('apply', '--try', '500ms')
  expect(back.code, back.stderr).toBe(4)
  expect(back.stderr).toContain('not confirmed: rolling back to generation')
  expect((await host.ok('drift')).toString()).toContain('engine.config.debug: true; should be false')
  const trial = host.start('apply', '--try', '60s')
  let said = ''
  trial.stderr?.on('data', (chunk) => (said += chunk))
  const ended = once(trial, 'close')
  await until(async () => said.includes('on trial'), deadline)
  await until(async () => (await host.desktop('confirm')).code === 0, deadline)
  expect((await ended)[0]).toBe(0)
  expect(await inSync()).toBe(true)
  const nothing = await host.desktop('confirm')
  expect(nothing.stderr).toContain('apply/no-trial')
})

test('an apply on trial whose command is killed is returned at its deadline, and the next command says so', async () => {
  await host.ok('apply')
  await host.write(yaml(true))
  const trial = host.start('apply', '--try', '2s')
  let said = ''
  trial.stderr?.on('data', (chunk) => (said += chunk))
  const ended = once(trial, 'close')
  await until(async () => said.includes('on trial'), deadline)
  trial.kill('SIGKILL')
  await ended
  expect(await inSync()).toBe(true)
  await until(async () => (await host.desktop('plan')).stdout.includes('rolled back to generation'), deadline)
  expect(await host.ok('drift')).toContain('engine.config.debug: false; should be true')
  expect((await host.desktop('confirm')).stderr).toContain('apply/no-trial')
  await host.ok('apply')
  expect(await host.ok('plan')).not.toContain('trial')
})

test('a trial that can no longer be rolled back is reported until someone decides', async () => {
  const gone = { pid: 1, started: 'never', bootId: 'the boot before' }
  await writeTrial(host.paths, { generation: 1, command: gone, guard: gone, deadline: 0 })
  expect(await host.ok('plan')).toContain('nothing is left that could roll back to generation 1')
  await host.ok('confirm')
  expect(await host.ok('plan')).not.toContain('trial')
})

test('a service is written, handed to the service manager, and removed again without a trace', async () => {
  const calls = join(host.dir, 'systemctl.log')
  await writeFile(join(host.dir, 'bin/systemctl'), `#!/bin/sh\necho "$@" >>${calls}\n`, { mode: 0o755 })
  await host.ok('service', 'install', '--repair', 'live')
  const path = unitPath('crash', host.env)
  expect(await readFile(path, 'utf8')).toContain('"--repair=live"')
  await host.ok('service', 'uninstall')
  await expect(readFile(path)).rejects.toThrow('ENOENT')
  expect((await readFile(calls, 'utf8')).trim().split('\n')).toEqual([
    '--user daemon-reload',
    `--user enable --now ${unitName('crash')}`,
    `--user disable --now ${unitName('crash')}`,
    '--user daemon-reload',
  ])
  await writeFile(join(host.dir, 'bin/systemctl'), '#!/bin/sh\necho no bus >&2; exit 1\n', { mode: 0o755 })
  const refused = await host.desktop('service', 'install')
  expect(refused.stderr).toContain('host/service')
  await expect(readFile(path)).rejects.toThrow('ENOENT')
})
