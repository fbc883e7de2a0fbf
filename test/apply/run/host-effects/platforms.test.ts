/** Copies emulators into a VM that is simulated by this host's shell and a directory. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { platformEffects } from '../../../../src/apply/run/host-effects/platforms.ts'
import { listedPlatforms, platformsDir } from '../../../../src/guest/binfmt.ts'
import { run } from '../../../../src/host/run.ts'

const emulator = Buffer.alloc(3 * 2 ** 20, 'a program of some megabytes, with bytes like \xff\0 ', 'latin1')
vi.mock('../../../../src/guest/debian/emulators.ts', () => ({
  emulators: async (names: string[]) => names.map((name) => join(dir, `host-${name}`)),
}))

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dt-'))
  for (const name of ['aarch64', 'riscv64']) await writeFile(join(dir, `host-${name}`), emulator)
  const made = dir
  onTestFinished(() => rm(made, { recursive: true }))
})

function guest({ isFull = false } = {}) {
  const calls: string[][] = []
  const inside = (path: string): string => path.replaceAll(platformsDir, join(dir, 'platforms'))
  const access = {
    guestExec: async (argv: readonly string[], options: { stdin?: string; encoding?: string } = {}) => {
      calls.push([...argv])
      if (argv[0] === '/usr/sbin/set-platforms') return { exitCode: 0, stdout: '', stderr: '' }
      if (isFull && argv[2] === 'cat >>"$1"') {
        const stderr = Buffer.from('no space left on device').toString('base64')
        return { exitCode: 1, stdout: '', stderr }
      }
      const [first = '', ...rest] = argv.map(inside)
      const input = options.stdin === undefined ? undefined : Buffer.from(options.stdin, 'base64')
      const { code, stdout, stderr } = await run(
        [first, ...rest],
        input === undefined ? {} : { stdin: input },
      )
      return { exitCode: code ?? 1, stdout, stderr }
    },
    guestWriteFile: async (path: string, content: string) => {
      await mkdir(join(dir, 'platforms'), { recursive: true })
      await writeFile(inside(path), content)
    },
  }
  const effects = platformEffects(access, { kill: new AbortController().signal, offline: false })
  return { calls, set: (names: ('arm64' | 'riscv64')[]) => effects.setPlatforms(names, () => {}) }
}

const files = async () => (await readdir(join(dir, 'platforms'))).toSorted()

test('an emulator arrives as it is on this host, and is listed by that name', async () => {
  await guest().set(['arm64'])
  const [program = '', list] = (await files()).toReversed()
  expect(list).toBe('list')
  expect(await readFile(join(dir, 'platforms', program))).toEqual(emulator)
  const text = await readFile(join(dir, 'platforms/list'), 'utf8')
  expect(text).toContain(`:${platformsDir}/${program}:POCF\n`)
  expect(listedPlatforms(text)).toEqual(['arm64'])
})

test('an existing emulator is not copied again', async () => {
  await guest().set(['arm64'])
  const again = guest()
  await again.set(['arm64', 'riscv64'])
  const written = again.calls.filter((argv) => argv.includes('cat >>"$1"')).map((argv) => argv.at(-1))
  expect(new Set(written).size).toBe(1)
  expect(written[0]).toContain('riscv64')
})

test('the registration comes last, and names all that are wanted', async () => {
  const { calls, set } = guest()
  await set(['arm64', 'riscv64'])
  expect(calls.at(-1)).toEqual(['/usr/sbin/set-platforms', 'arm64', 'riscv64'])
  await set([])
  expect(calls.at(-1)).toEqual(['/usr/sbin/set-platforms'])
})

test('a full disk of the VM fails with its own words, and leaves no emulator under its name', async () => {
  await expect(guest({ isFull: true }).set(['arm64'])).rejects.toMatchObject({
    code: 'guest/platform',
    message: expect.stringContaining('no space left on device'),
  })
  expect((await files()).filter((name) => name.startsWith('qemu-') && !name.endsWith('.gz'))).toEqual([])
})
