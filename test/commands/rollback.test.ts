/** History and rollback with the real command, as after a bad change. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { GenerationDiff } from '../../src/apply/history/compare.ts'
import type { Generation } from '../../src/apply/history/generation.ts'
import type { HistoryDocument } from '../../src/cli/views/history.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
})
afterAll(() => host?.[Symbol.asyncDispose]())

async function json<T>(...args: string[]): Promise<T> {
  return JSON.parse(await host.ok(...args, '--format', 'json')) as T
}

async function apply(yaml: string): Promise<void> {
  await host.write(yaml)
  await host.ok('apply')
}

const first = 'ports: ["18091:80"]\n'
const second = 'ports: ["18092:80"]\nvm: { cpus: 3, accelerator: tcg, memory: 1GiB, disk: 30GiB }\n'

test('rollback makes reality as it was, leaves the file alone, and drift shows where they differ', async () => {
  await apply(first)
  await apply(second)
  const history = await json<HistoryDocument>('history')
  expect(history.generations.map(({ number, result }) => [number, result])).toEqual([
    [2, 'applied'],
    [1, 'applied'],
  ])
  const one = await json<Generation>('show', '1')
  expect(
    one.operations.every(({ result, milliseconds }) => result === 'done' && milliseconds !== undefined),
  ).toBe(true)
  expect([one.rendered.linuxkitYaml, one.rendered.daemonJson, one.imageDigest].every(Boolean)).toBe(true)
  const { parts } = await json<GenerationDiff>('diff', '1', '2')
  expect(parts.map(({ part }) => part)).toContain('qemu arguments')
  expect(parts.map(({ diff }) => diff).join('')).toMatch(/-smp 3/)

  const file = join(host.dir, 'desktop.yaml')
  const before = await readFile(file, 'utf8')
  const back = await host.desktop('rollback', '1')
  expect(back.code, `${back.stdout}${back.stderr}`).toBe(0)
  expect(back.stderr).toContain('is unchanged')
  expect(await readFile(file, 'utf8')).toBe(before)
  const drift = await host.desktop('drift', '--exit-code')
  expect(drift.code).toBe(2)
  expect(drift.stdout).toContain('18092')
  // A rollback never shrinks a disk.
  await host.write(`${first}vm: { cpus: 1, memory: 512MiB, disk: 30GiB, accelerator: tcg }\n`)
  const none = await host.desktop('drift', '--exit-code')
  expect(none.code, none.stdout).toBe(0)
  const three = await json<Generation>('show', '3')
  expect(three).toMatchObject({ rollbackTo: 1, config: one.config, configHash: one.configHash })
})

test('rollback works with a file that has mistakes, and a number that is not kept is refused', async () => {
  await writeFile(join(host.dir, 'desktop.yaml'), 'apiVersion: desktop/v1\nvm: { cpu: 2 }\n')
  const none = await host.desktop('rollback', '99')
  expect(none.code).toBe(1)
  expect(none.stderr).toContain('kept are 1 to 3')
  const back = await host.desktop('rollback', '2')
  expect(back.code, `${back.stdout}${back.stderr}`).toBe(0)
  await host.write(second)
  const still = await host.desktop('drift', '--exit-code')
  expect(still.code, still.stdout).toBe(0)
})
