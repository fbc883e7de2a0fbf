/** What the supervisor and QEMU can no longer do, read back from the kernel. */
import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { containmentCheck } from '../../src/cli/doctor/containment.ts'
import { type TestHost, testHost } from '../support/cli/host.ts'

let host: TestHost
beforeAll(async () => {
  host = await testHost()
  host.env.CLOUD_SECRET = 'of the shell that ran apply'
  await host.write('')
  await host.ok('apply')
})
afterAll(() => host?.[Symbol.asyncDispose]())

async function about(kind: string, file: string): Promise<string> {
  const pid = (await host.processes()).find((process) => process.kind === kind)?.pid
  return await readFile(`/proc/${pid}/${file}`, 'utf8')
}

async function threads(kind: string): Promise<string[]> {
  const pid = (await host.processes()).find((process) => process.kind === kind)?.pid
  const names = await readdir(`/proc/${pid}/task`)
  return await Promise.all(names.map((name) => readFile(`/proc/${pid}/task/${name}/status`, 'utf8')))
}

test('no thread of the supervisor can gain privileges or set a setuid bit', async () => {
  const found = await threads('supervisor')
  expect(found.length).toBeGreaterThan(1)
  for (const status of found) {
    expect(status).toMatch(/^NoNewPrivs:\s+1$/m)
    expect(status).toMatch(/^Seccomp:\s+2$/m)
  }
})

test('no thread of the supervisor of root loads modules, traces processes, sets the clock or changes networks', async () => {
  const refused = [
    'NET_ADMIN',
    'SYS_MODULE',
    'SYS_RAWIO',
    'SYS_PTRACE',
    'SYS_BOOT',
    'SYS_TIME',
    'BPF',
  ] as const
  const bits = {
    NET_ADMIN: 12n,
    SYS_MODULE: 16n,
    SYS_RAWIO: 17n,
    SYS_PTRACE: 19n,
    SYS_BOOT: 22n,
    SYS_TIME: 25n,
    BPF: 39n,
  }
  for (const status of await threads('supervisor')) {
    const held = BigInt(`0x${/^CapEff:\s+(\S+)$/m.exec(status)?.[1]}`)
    expect(refused.filter((name) => (held & (1n << bits[name])) !== 0n)).toEqual([])
  }
})

test.each(['supervisor', 'qemu'])('%s has no variable of the shell but those that it needs', async (kind) => {
  const names = (await about(kind, 'environ')).split('\0').map((entry) => entry.split('=')[0])
  expect(names).toContain('PATH')
  expect(names).not.toContain('CLOUD_SECRET')
})

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
