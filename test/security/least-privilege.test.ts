/** What the supervisor and QEMU can no longer do, read back from the kernel. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { containmentCheck } from '../../src/cli/doctor/containment.ts'
import { type TestHost, testHost } from '../supervisor/host.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  await host.write('')
  await host.ok('apply')
})
afterAll(() => host?.[Symbol.asyncDispose]())

async function about(kind: string, file: string): Promise<string> {
  const pid = (await host.processes()).find((process) => process.kind === kind)?.pid
  return await readFile(`/proc/${pid}/${file}`, 'utf8')
}

test.each(['supervisor', 'qemu'])('%s can gain no privileges and dumps no core', async (kind) => {
  expect(await about(kind, 'status')).toMatch(/^NoNewPrivs:\s+1$/m)
  expect(await about(kind, 'limits')).toMatch(/^Max core file size\s+0\s+0\s/m)
})

test('QEMU has no capabilities of root but those that open files', async () => {
  const [check] = containmentCheck(await about('qemu', 'status'), [])
  expect(check?.found).not.toContain('capabilities of root,')
  expect(await about('qemu', 'status')).toMatch(/^CapEff:\s+000000000000000[06]$/m)
})

test('what QEMU writes is for this user alone', async () => {
  expect(await about('qemu', 'status')).toMatch(/^Umask:\s+0077$/m)
})
