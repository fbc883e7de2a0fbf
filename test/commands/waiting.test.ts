/** Waits end with the cause as soon as it is known, with the real command and supervisor. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
  await host.write()
})
afterEach(() => host?.[Symbol.asyncDispose]())

const broken = 'engine: { config: { cgroup-parent: broken } }\n'
/** Far below the deadline for the engine. */
const soonMs = 60_000

async function failed(...args: string[]): Promise<{ text: string; milliseconds: number }> {
  const began = performance.now()
  const { code, stdout, stderr } = await host.desktop(...args)
  expect(code).toBe(4)
  return { text: stdout + stderr, milliseconds: performance.now() - began }
}

test('a crash loop of dockerd at boot ends the wait with the last lines of its log', async () => {
  await host.write(broken)
  const { text, milliseconds } = await failed('apply')
  expect(text).toMatch(/dockerd exited \d+ times in a row, last with code 1: failed to start daemon/)
  expect(milliseconds).toBeLessThan(soonMs)
})

test('a daemon.json with which dockerd keeps ending is put back as soon as that is known', async () => {
  await host.ok('apply')
  await host.write(broken)
  const { text, milliseconds } = await failed('apply')
  expect(text).toMatch(/failed to start daemon.*the previous daemon\.json is in use again/s)
  expect(milliseconds).toBeLessThan(soonMs)
})

test.each(['on', 'off'])(
  'a guest kernel that panics at boot ends the apply with the reason, golden snapshots %s',
  async (golden) => {
    host.env.DESKTOP_GOLDEN = golden
    await writeFile(join(host.dir, 'vm/kernel-panics'), '')
    const { text, milliseconds } = await failed('apply')
    expect(text).toMatch(/the guest kernel panicked: VFS: Unable to mount root fs/)
    expect(milliseconds).toBeLessThan(soonMs)
    await rm(join(host.dir, 'vm/kernel-panics'))
    await host.ok('apply')
  },
  60_000,
)
