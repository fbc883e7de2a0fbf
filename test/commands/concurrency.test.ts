/** Concurrent commands on one environment: one works, the others wait or name the lock holder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
  await host.write()
})
afterEach(() => host?.[Symbol.asyncDispose]())

/** Starts an apply and waits for its first operation. */
async function applyUnderWay(): Promise<{ child: ChildProcess; ended: Promise<unknown[]> }> {
  const child = host.start('apply', '--json')
  const ended = once(child, 'close')
  let text = ''
  await new Promise<void>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.includes('"started"')) resolve()
    })
  })
  return { child, ended }
}

const counted = async (): Promise<string[]> => (await host.processes()).map(({ kind }) => kind).sort()

test('a second apply exits with 6 and says who works: command, pid and since when', async () => {
  const { child, ended } = await applyUnderWay()
  const second = await host.desktop('apply')
  expect(second.code).toBe(6)
  expect(second.stderr).toMatch(new RegExp(`desktop apply \\(pid ${child.pid}, since \\d{4}-\\d\\d-\\d\\dT`))
  expect(second.stderr).toContain('--lock-timeout')
  expect(await ended).toEqual([0, null])
})

test('with --lock-timeout it waits, says for whom, and then finds nothing to do', async () => {
  const { child, ended } = await applyUnderWay()
  const second = await host.desktop('apply', '--lock-timeout', '60s')
  expect(second.code, second.stderr).toBe(0)
  expect(second.stderr).toContain(`waiting for desktop apply (pid ${child.pid})`)
  expect(second.stdout).toContain('matches the file')
  expect(await ended).toEqual([0, null])
  expect(await host.boots()).toHaveLength(1)
})

test('read-only commands work during an apply', async () => {
  const { ended } = await applyUnderWay()
  for (const look of ['plan', 'status', 'drift']) expect((await host.desktop(look)).code, look).toBe(0)
  expect(await ended).toEqual([0, null])
})

test('many applies and a destroy at once: each does its work whole, one after the other', async () => {
  const wait = ['--lock-timeout', '60s']
  await Promise.all([host.desktop('apply', ...wait), host.desktop('apply', ...wait)])
  const all = await Promise.all([
    host.desktop('destroy', '--yes', ...wait),
    ...Array.from({ length: 3 }, () => host.desktop('apply', ...wait)),
  ])
  expect(
    all.map(({ code }) => code),
    all.map(({ stderr }) => stderr).join(''),
  ).toEqual([0, 0, 0, 0])
  const last = await host.desktop('apply')
  expect(last.code, last.stderr).toBe(0)
  expect(await counted()).toEqual(['qemu', 'supervisor'])
  // The disk of the first machine was destroyed; all later machines share the next one.
  const [first, ...others] = (await host.boots()).map(({ mark }) => mark)
  expect(new Set(others).size).toBe(1)
  expect(others).not.toContain(first)
})

test('a second supervisor of one environment ends, and the first keeps running', async () => {
  await host.ok('apply')
  const before = await host.processes()
  const second = spawn(process.execPath, [join(host.dir, 'desktop/dist/supervisor.js'), 'crash'], {
    env: host.env,
    stdio: 'ignore',
  })
  const [code] = (await once(second, 'close')) as [number]
  expect(code).not.toBe(0)
  expect(await host.processes()).toEqual(before)
  await host.ok('plan', '--exit-code')
})
