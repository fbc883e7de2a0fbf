/**
 * A name belongs to one project: others are rejected, a moved project keeps it, and abandoned environments
 * are listed and removable.
 */
import { lstatSync } from 'node:fs'
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ListedEnvironment } from '../../src/apply/environment/list.ts'
import { type RunResult, run } from '../../src/host/run.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
})
afterAll(() => host?.[Symbol.asyncDispose]())

const file = 'apiVersion: desktop/v1\nvm: { cpus: 1, memory: 512MiB, disk: 1GiB, accelerator: tcg }\n'

async function project(folder: string): Promise<string> {
  const dir = join(host.dir, folder)
  await mkdir(dir, { recursive: true })
  await writeFile(join(dir, 'desktop.yaml'), file)
  return dir
}

const inside = (cwd: string, ...args: string[]): Promise<RunResult> =>
  run([process.execPath, join(host.dir, 'desktop/dist/desktop.js'), ...args], { cwd, env: host.env })

async function listed(...args: string[]): Promise<ListedEnvironment[]> {
  return (JSON.parse(await host.ok('ls', '--json', ...args)) as { environments: ListedEnvironment[] })
    .environments
}

describe('two folders whose name is the same', () => {
  let [a, b] = ['', '']
  beforeAll(async () => {
    a = await project('a/app')
    b = await project('b/app')
    const first = await inside(a, 'apply')
    expect(first.code, first.stdout + first.stderr).toBe(0)
  })

  test.each(['plan', 'apply', 'drift', 'status', 'exec', 'stop', 'destroy'])(
    'do not share an environment: %s of the second names both files and touches nothing',
    async (command) => {
      const refused = await inside(b, command, ...({ exec: ['true'], destroy: ['--yes'] }[command] ?? []))
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain('state/name-claimed')
      expect(refused.stderr).toContain(join(a, 'desktop.yaml'))
      expect(refused.stderr).toContain(join(b, 'desktop.yaml'))
      expect((await inside(a, 'plan', '--exit-code')).code).toBe(0)
    },
  )

  test('are distinguished by unique names', async () => {
    const plan = await inside(b, 'plan', '--set', 'name=app-b')
    expect(plan.code, plan.stderr).toBe(0)
    expect((await inside(b, 'validate')).code).toBe(0)
  })

  test('share it as soon as the first has another name: it is adopted, with a word', async () => {
    await writeFile(join(a, 'desktop.yaml'), `${file}name: other\n`)
    const plan = await inside(b, 'plan')
    expect(plan.code, plan.stderr).toBe(0)
    expect(plan.stdout).toContain(join(a, 'desktop.yaml'))
    await writeFile(join(a, 'desktop.yaml'), file)
    expect((await inside(b, 'plan')).code).toBe(1)
  })

  test('and one that was moved or renamed keeps its environment, its machine too', async () => {
    await mkdir(join(host.dir, 'moved'))
    await rename(a, join(host.dir, 'moved/app'))
    a = join(host.dir, 'moved/app')
    const plan = await inside(a, 'plan', '--exit-code')
    expect(plan.code, plan.stdout + plan.stderr).toBe(0)
    expect(plan.stdout).toContain('adopts')
    expect((await inside(a, 'apply')).code).toBe(0)
    expect((await inside(a, 'plan')).stdout).not.toContain('adopts')
    expect(await host.boots()).toHaveLength(1)
    const [one] = await listed()
    expect(one).toMatchObject({ name: 'app', file: join(a, 'desktop.yaml'), lost: false })
  })
})

describe('an environment whose file is gone', () => {
  beforeEach(async () => {
    const dir = await project('gone')
    expect((await inside(dir, 'apply')).code).toBe(0)
    await rm(dir, { recursive: true })
  })

  test('is listed as lost with state, memory, disk and age, and is stopped and destroyed by its name', async () => {
    const lost = await listed('--all-lost')
    expect(lost).toMatchObject([
      {
        name: 'gone',
        state: 'running',
        lost: true,
        file: join(host.dir, 'gone/desktop.yaml'),
        memoryBytes: 512 * 2 ** 20,
        disk: { virtualBytes: 2 ** 30, allocatedBytes: expect.any(Number) },
        createdAt: expect.stringMatching(/^\d{4}-/),
      },
    ])
    const table = await host.ok('ls')
    expect(table).toMatch(/gone +running +512MiB +\d+ MB of 1GiB +now +\S+\/desktop\.yaml \(gone\)/)
    expect(await host.ok('stop', 'gone')).toBeDefined()
    expect(await listed('--all-lost')).toMatchObject([{ name: 'gone', state: 'suspended' }])
    await host.ok('destroy', 'gone', '--yes')
    expect(await listed('--all-lost')).toEqual([])
  })
})

test.each([
  ['destroy', '--yes', '--set', 'name=typo'],
  ['destroy', '--yes', 'typo'],
  ['stop', '--set', 'name=typo'],
  ['stop', 'typo'],
  ['destroy', '--yes', '../..'],
])('%s %s %s %s of an environment that does not exist says so and makes nothing', async (...args) => {
  await host.write()
  const refused = await host.desktop(...args.filter((word) => word !== undefined))
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('state/no-environment')
  expect(
    lstatSync(join(host.dir, 'state/desktop/environments/typo'), { throwIfNoEntry: false }),
  ).toBeUndefined()
})

test('destroy of one whose records are damaged leaves no process and no file', async () => {
  const dir = await project('damaged')
  expect((await inside(dir, 'apply')).code).toBe(0)
  const state = join(host.dir, 'state/desktop/environments/damaged')
  for (const name of ['supervisor.json', 'environment.json', 'suspended.json'])
    await writeFile(join(state, name), '{')
  await cp(join(state, 'supervisor.json'), join(state, 'supervisor.json.damaged'))
  const before = (await host.processes()).length
  const destroyed = await inside(dir, 'destroy', 'damaged', '--yes')
  expect(destroyed.code, destroyed.stderr).toBe(0)
  expect((await host.processes()).length).toBe(before - 2)
  expect(lstatSync(state, { throwIfNoEntry: false })).toBeUndefined()
})
