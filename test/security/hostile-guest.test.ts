/** The whole command and supervisor with a guest that turned hostile: they keep their bounds, and get rid of it. */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from '../../src/host/until.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeEach(async () => {
  host = await testHost()
  await host.write('publish: { containers: true }\n')
  await host.ok('apply')
})
afterEach(() => host?.[Symbol.asyncDispose]())

const supervisor = async (): Promise<number> =>
  (await host.processes()).find(({ kind }) => kind === 'supervisor')?.pid ?? 0

interface Use {
  descriptors: number
  memoryKiB: number
  /** Of all files of the environment. */
  diskBytes: number
}

async function useOf(pid: number): Promise<Use> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  const files = await readdir(host.paths.stateDir, { recursive: true, withFileTypes: true })
  const sizes = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => stat(join(file.parentPath, file.name))),
  )
  return {
    descriptors: (await readdir(`/proc/${pid}/fd`)).length,
    memoryKiB: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]),
    diskBytes: sizes.reduce((sum, { blocks }) => sum + blocks * 512, 0),
  }
}

test('descriptors, disk and memory are back to what they were after a hostile guest', {
  timeout: 240_000,
}, async () => {
  await host.ok('plan', '--exit-code')
  const pid = await supervisor()
  const before = await useOf(pid)
  const attack = async (): Promise<Use> => {
    await writeFile(join(host.dir, 'vm/lies'), '')
    for (let i = 0; i < 3; i += 1) await host.desktop('status', '--json')
    await rm(join(host.dir, 'vm/lies'))
    await host.desktop('status')
    // Connections to the engine come and go; those of an attack have to end.
    const few = async (): Promise<boolean> => (await useOf(pid)).descriptors <= before.descriptors + 4
    await until(few, { deadlineMs: 60_000, intervalMs: 250 })
    return await useOf(pid)
  }
  await attack()
  const after = await attack()
  expect(await supervisor()).toBe(pid)
  expect(after.memoryKiB).toBeLessThan(300 * 1024)
  // What V8 keeps for new objects takes longer than a test.
  const restKiB = before.memoryKiB + 64 * 1024
  await until(async () => (await useOf(pid)).memoryKiB < restKiB, { deadlineMs: 120_000, intervalMs: 1_000 })
  expect((await useOf(pid)).diskBytes).toBeLessThan(before.diskBytes + 2 ** 20)
})

test('a guest that lies and floods costs neither the supervisor nor its bounds, and is powered off', {
  timeout: 240_000,
}, async () => {
  await writeFile(join(host.dir, 'vm/lies'), '')
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
