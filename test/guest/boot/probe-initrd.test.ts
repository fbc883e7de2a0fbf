import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cpuCheck } from '../../../src/guest/boot/cpu-check.ts'
import { probeInitrd } from '../../../src/guest/boot/probe-initrd.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-initrd-'))
})
afterEach(() => rm(dir, { recursive: true }))

test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'the CPU check runs on a CPU that works',
  async () => {
    const program = join(dir, 'cpu-check')
    await writeFile(program, cpuCheck(), { mode: 0o755 })
    await expect(promisify(execFile)(program)).resolves.toBeDefined()
  },
)

test('the probe archive begins on a multiple of four bytes behind the own initrd of the guest', async () => {
  await writeFile(join(dir, 'initrd'), 'abcde')
  const initrd = Buffer.from(await probeInitrd(join(dir, 'initrd'), 'x64'))
  expect(initrd.toString('latin1', 0, 14).split('\0')).toEqual(['abcde', '', '', '070701'])
  expect(initrd.includes(Buffer.from(cpuCheck()))).toBe(true)
})

test('only x86 guests check compare-and-exchange of 16 bytes', async () => {
  await writeFile(join(dir, 'initrd'), '')
  const initrd = Buffer.from(await probeInitrd(join(dir, 'initrd'), 'arm64'))
  expect(initrd.includes(Buffer.from(cpuCheck()))).toBe(false)
})
