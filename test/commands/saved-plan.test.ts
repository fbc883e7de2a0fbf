/** A saved plan is applied exactly as reviewed, or rejected with the reason, exit code 7 and no changes. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { otherBuild, type TestHost, testHost } from '../support/cli/host.ts'
import { freePorts } from '../support/free-ports.ts'

let host: TestHost
let port: number
let file: string

beforeAll(async () => {
  host = await testHost()
  file = join(host.dir, 'saved.json')
  ;[port = 0] = await freePorts(1)
  await host.write()
  await host.ok('apply')
})
afterAll(() => host?.[Symbol.asyncDispose]())

/** Saves the plan that opens the port. */
async function save(): Promise<void> {
  await host.write(`ports: ["${port}:80"]\n`)
  expect((await host.desktop('plan', '-o', file)).code).toBe(0)
}

async function expectRefused(apply: ReturnType<TestHost['desktop']>, why: string): Promise<void> {
  const { code, stderr } = await apply
  expect([code, stderr]).toEqual([7, expect.stringContaining(`the saved plan is out of date: ${why}`)])
  const { operations } = JSON.parse((await host.desktop('plan', '--json')).stdout) as {
    operations: unknown[]
  }
  expect(operations).not.toEqual([])
}

test('made by another version', async () => {
  await save()
  const newer = await otherBuild(host, '9.9.9')
  await expectRefused(host.desktopOf(newer, 'apply', file), 'it was made by a different version of desktop')
})

test('for another environment', async () => {
  await save()
  const other = join(host.dir, 'other.yaml')
  await writeFile(other, (await readFile(join(host.dir, 'desktop.yaml'), 'utf8')).replace('crash', 'other'))
  await expectRefused(host.desktop('apply', '-f', other, file), 'it is for a different environment')
})

test('another configuration', async () => {
  await save()
  await host.write(`ports: ["${port}:81"]\n`)
  await expectRefused(host.desktop('apply', file), 'the configuration has changed since')
})

test('another reality: the planned state is gone', async () => {
  await save()
  await host.kill('qemu')
  await expectRefused(host.desktop('apply', file), 'reality has changed since')
  await host.write()
  expect((await host.desktop('apply')).code).toBe(0)
})

test('made before this host was restarted', async () => {
  await save()
  const before = { ...JSON.parse(await readFile(file, 'utf8')), bootId: 'of the boot before' }
  await writeFile(file, JSON.stringify(before))
  await expectRefused(host.desktop('apply', file), 'this host was restarted since')
})

test('an environment that was destroyed and created again', async () => {
  await save()
  expect((await host.desktop('destroy', '--yes')).code).toBe(0)
  await host.write()
  expect((await host.desktop('apply')).code).toBe(0)
  await host.write(`ports: ["${port}:80"]\n`)
  await expectRefused(host.desktop('apply', file), 'the environment was destroyed and created again')
})

test('of a format that this version does not know', async () => {
  await save()
  await writeFile(file, '{"format": "desktop-plan/99"}')
  await expectRefused(host.desktop('apply', file), 'it was made by a different version of desktop')
})

test.each(['', '{}', 'null', 'no JSON'])('a file without a plan is not a stale plan: %j', async (text) => {
  await writeFile(file, text)
  const { code, stderr } = await host.desktop('apply', file)
  expect([code, stderr]).toEqual([1, expect.stringContaining('plan/unreadable')])
})

test('that still fits is carried out, once', async () => {
  await save()
  expect((await host.desktop('apply', file)).code).toBe(0)
  const { code, stderr } = await host.desktop('apply', file)
  expect([code, stderr]).toEqual([7, expect.stringContaining('reality has changed since')])
})
