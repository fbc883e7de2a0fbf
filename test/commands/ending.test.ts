/**
 * Stopping a VM: a graceful shutdown by the next supervisor or command, and a signal only if QEMU is
 * unresponsive for long.
 */
import { once } from 'node:events'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../src/host/until.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
  await host.write()
  await host.ok('apply')
})
afterEach(() => host?.[Symbol.asyncDispose]())

const ends = async (): Promise<(string | undefined)[]> =>
  (await host.log()).flatMap(([what, , how]) => (what === 'end' ? [how] : []))

test('apply waits for a VM that shuts down although the command and its supervisor were killed, and starts it', async () => {
  await writeFile(join(host.dir, 'vm/slow-shutdown'), '')
  const stop = host.start('stop', '--power-off')
  const ended = once(stop, 'close')
  await until(async () => (await host.status()).vm.state === 'stopping', { deadlineMs: 20_000 })
  stop.kill('SIGKILL')
  await ended
  await host.kill('supervisor')
  expect((await host.status()).vm.state).toBe('stopping')
  await rm(join(host.dir, 'vm/slow-shutdown'))
  await host.ok('apply')
  await host.ok('plan', '--exit-code')
  expect(await ends()).toEqual(['shutdown'])
  const marks = (await host.boots()).map(({ mark }) => mark)
  expect(marks).toEqual([marks[0], marks[0]])
})

test.each([
  ['stop', '--power-off'],
  ['destroy', '--yes'],
])('%s of a QEMU that is slow to answer waits for it and shuts it down in order', async (...command) => {
  const [qemu] = (await host.processes()).filter(({ kind }) => kind === 'qemu')
  process.kill(qemu?.pid ?? 0, 'SIGSTOP')
  await host.kill('supervisor')
  const child = host.start(...command)
  const ended = once(child, 'close')
  // Queried without success before it responds.
  const asked = async (): Promise<boolean> =>
    (await host.ok('logs', 'supervisor')).includes('does not answer; retrying')
  await until(asked, { deadlineMs: 30_000 })
  process.kill(qemu?.pid ?? 0, 'SIGCONT')
  expect(await ended).toEqual([0, null])
  expect(await ends()).toEqual(['shutdown'])
  expect(await host.processes()).toEqual([])
})
