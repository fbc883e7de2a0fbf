import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostProgram } from '../../src/host/program.ts'
import { tcgThread, tcgThreadOf } from '../../src/vm/qemu/tcg-thread.ts'

test.each([
  ['QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)', 'single'],
  ['QEMU emulator version 8.0.5', 'single'],
  ['QEMU emulator version 8.1.0', 'multi'],
  ['QEMU emulator version 10.0.3 (Debian 1:10.0.3+ds-0+deb13u1)', 'multi'],
  ['something else', 'single'],
  ['', 'single'],
])('%s emulates the CPUs on %s thread', (text, thread) => {
  expect(tcgThreadOf(text)).toBe(thread)
})

async function folder(): Promise<AsyncDisposable & { at: (name: string) => string }> {
  const dir = await mkdtemp(join(tmpdir(), 'desktop-thread-'))
  return {
    at: (name) => join(dir, name),
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  }
}

async function binary(path: string, version: string): Promise<void> {
  await writeFile(path, `#!/bin/sh\necho run >>${path}.runs\necho 'QEMU emulator version ${version}'\n`)
  await chmod(path, 0o755)
}

test('a QEMU binary is asked for its version once, and again after an upgrade', async () => {
  await using dir = await folder()
  const [qemu, cache] = [dir.at('qemu'), dir.at('cache')]
  await binary(qemu, '7.2.1')
  expect(await tcgThread(hostProgram(qemu), cache)).toBe('single')
  await rm(dir.at('qemu.runs'))
  expect(await tcgThread(hostProgram(qemu), cache)).toBe('single')
  expect(await readdir(dir.at('.'))).not.toContain('qemu.runs')
  await binary(qemu, '10.0.30')
  expect(await tcgThread(hostProgram(qemu), cache)).toBe('multi')
})

test('a QEMU that does not answer counts as an old one, and nothing about it is kept', async () => {
  await using dir = await folder()
  await writeFile(dir.at('qemu'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  expect(await tcgThread(hostProgram(dir.at('qemu')), dir.at('cache'))).toBe('single')
  expect(await readdir(dir.at('.'))).toEqual(['qemu'])
})
