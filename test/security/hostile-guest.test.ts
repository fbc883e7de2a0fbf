/** The whole command and supervisor with a guest that turned hostile: they keep their bounds, and get rid of it. */
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
  await host.write('publish: { containers: true }\n')
  await host.ok('apply')
  await writeFile(join(host.dir, 'vm/lies'), '')
})
afterEach(() => host?.[Symbol.asyncDispose]())

const supervisor = async (): Promise<number> =>
  (await host.processes()).find(({ kind }) => kind === 'supervisor')?.pid ?? 0

test('a guest that lies and floods costs neither the supervisor nor its bounds, and is powered off', {
  timeout: 240_000,
}, async () => {
  const before = await supervisor()
  const descriptors = async (): Promise<number> => (await readdir(`/proc/${before}/fd`)).length
  let most = 0
  const reasons = new Set<string>()
  // Each status asks dockerd and the agent anew.
  for (let i = 0; i < 5; i += 1) {
    const { code, stdout } = await host.desktop('status', '--json')
    expect(code, stdout).not.toBe(1)
    const status = JSON.parse(stdout) as { engine: unknown }
    reasons.add(JSON.stringify(status.engine))
    most = Math.max(most, await descriptors())
    await sleep(200)
  }
  expect(await supervisor()).toBe(before)
  expect([...reasons].join('\n')).toMatch(/is not JSON|more than 8 MiB/)
  const peakKiB = Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${before}/status`, 'utf8'))?.[1])
  expect(peakKiB).toBeLessThan(300 * 1024)
  expect(most).toBeLessThan(200)
  await host.ok('stop', '--power-off')
  expect((await host.processes()).filter(({ kind }) => kind === 'qemu')).toEqual([])
  await rm(join(host.dir, 'vm/lies'))
  await host.ok('apply')
  await host.ok('plan', '--exit-code')
})
