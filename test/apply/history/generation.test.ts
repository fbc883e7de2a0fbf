/** Generations: the record of an apply, comparison of two, and rollback. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareGenerations } from '../../../src/apply/history/compare.ts'
import {
  beginGeneration,
  type Generation,
  type GenerationContent,
  generationNumbers,
  writeGeneration,
} from '../../../src/apply/history/generation.ts'
import { gitState } from '../../../src/apply/history/git.ts'
import { unifiedDiff } from '../../../src/apply/history/unified.ts'
import { referencedImages } from '../../../src/apply/images/references.ts'
import { environmentOf } from '../../../src/apply/plan/rollback.ts'
import { baseDirs, environmentPaths } from '../../../src/host/paths.ts'
import { run } from '../../../src/host/run.ts'
import { aDesired } from '../../support/reconcile/world.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-history-'))
})
afterAll(() => rm(dir, { recursive: true }))

const content: GenerationContent = {
  time: '2026-01-01T00:00:00.000Z',
  toolVersion: '0.1.0',
  configHash: 'sha256:1',
  config: { '/home/a/desktop.yaml': 'apiVersion: desktop/v1\nname: dev\n' },
  desired: aDesired,
  rendered: { linuxkitYaml: 'kernel: {}\n', daemonJson: '{"debug":true}\n' },
  argv: ['qemu-system-x86_64', '-smp', '2', '-m', '2048M'],
  imageDigest: undefined,
  operations: [],
  result: 'applied',
}
const generation = (number: number, changed: Partial<GenerationContent> = {}): Generation => ({
  format: 'desktop-generation/1',
  number,
  ...content,
  ...changed,
})

describe('retention', () => {
  test('as many as are asked for stay, and the newest that was applied whole however old it is', async () => {
    const keptGenerations = 50
    const history = { keep: keptGenerations, maxAgeSeconds: undefined }
    const at = join(dir, 'pruned')
    await beginGeneration(at, content, history)
    await beginGeneration(at, content, history)
    for (let n = 0; n < keptGenerations + 2; n += 1)
      await beginGeneration(at, { ...content, result: 'incomplete' }, history)
    const numbers = await generationNumbers(at)
    expect(numbers).toHaveLength(keptGenerations + 1)
    expect(numbers.slice(0, 2)).toEqual([2, 5])
    await beginGeneration(at, content, history)
    await writeGeneration(at, keptGenerations + 5, content)
    await beginGeneration(at, content, history)
    expect(await generationNumbers(at)).not.toContain(2)
  })

  test('generations beyond the retention are removed, except the newest complete one', async () => {
    const at = join(dir, 'aged')
    const history = { keep: 50, maxAgeSeconds: 86_400 }
    const on = (day: number, result: GenerationContent['result']): Promise<number> =>
      beginGeneration(at, { ...content, time: `2026-01-0${day}T00:00:00.000Z`, result }, history)
    await on(1, 'applied')
    await on(2, 'applied')
    await on(3, 'incomplete')
    expect(await generationNumbers(at)).toEqual([2, 3])
    // The last complete generation is far too old, but the only rollback target.
    await on(8, 'incomplete')
    expect(await generationNumbers(at)).toEqual([2, 4])
    await on(9, 'applied')
    expect(await generationNumbers(at)).toEqual([2, 4, 5])
    await on(9, 'applied')
    expect(await generationNumbers(at)).toEqual([4, 5, 6])
  })

  test('an image is of use while a generation that is kept was started with it', async () => {
    const dirs = baseDirs({ HOME: join(dir, 'home') })
    expect(await referencedImages(dirs)).toEqual(new Set())
    const { generationsDir } = environmentPaths('dev', dirs)
    const number = await beginGeneration(
      generationsDir,
      { ...content, imageDigest: 'sha256:a' },
      aDesired.history,
    )
    await beginGeneration(
      environmentPaths('other', dirs).generationsDir,
      {
        ...content,
        imageDigest: 'sha256:b',
      },
      aDesired.history,
    )
    expect(await referencedImages(dirs)).toEqual(new Set(['sha256:a', 'sha256:b']))
    await writeFile(join(generationsDir, `${String(number).padStart(6, '0')}.json`), '{')
    await expect(referencedImages(dirs)).rejects.toMatchObject({ code: 'state/unreadable' })
  })

  test('the commit, and whether the file differs from it; nothing outside of a repository', async () => {
    const repository = join(dir, 'repository')
    const file = join(repository, 'desktop.yaml')
    await mkdir(repository)
    await writeFile(file, 'a: 1\n')
    expect(await gitState([file])).toBeUndefined()
    const git = (...args: string[]): ReturnType<typeof run> =>
      run(['git', '-c', 'user.name=a', '-c', 'user.email=a@b.test', '-C', repository, ...args])
    await git('init', '-q')
    expect(await gitState([file])).toBeUndefined()
    await git('add', '.')
    await git('commit', '-qm', 'first')
    const commit = (await git('rev-parse', 'HEAD')).stdout.trim()
    expect(await gitState([file])).toEqual({ commit, dirty: false })
    await writeFile(join(repository, 'unrelated'), '')
    expect(await gitState([file])).toEqual({ commit, dirty: false })
    await writeFile(file, 'a: 2\n')
    expect(await gitState([file])).toEqual({ commit, dirty: true })
  })
})

describe('comparing', () => {
  test('a generation with itself has no part that differs', () => {
    expect(compareGenerations(generation(1), generation(2))).toMatchObject({ same: true, parts: [] })
  })

  test('only what changed is shown, one option of QEMU on a line', () => {
    const after = generation(2, { argv: ['qemu-system-x86_64', '-smp', '4', '-m', '2048M'] })
    expect(compareGenerations(generation(1), after).parts).toEqual([
      {
        part: 'qemu arguments',
        diff: '--- a/qemu arguments\n+++ b/qemu arguments\n@@ -1,3 +1,3 @@\n qemu-system-x86_64\n--smp 2\n+-smp 4\n -m 2048M\n',
      },
    ])
  })

  test('a changed compose file is shown, and none for a rollback, which deploys none', () => {
    const [a, b] = ['services: {}\n', 'services: { web: {} }\n'].map((text, index) =>
      generation(index + 1, { stacks: { '/home/a/stack.yaml': text } }),
    )
    expect(compareGenerations(a!, b!).parts.map(({ part }) => part)).toEqual(['home/a/stack.yaml'])
    expect(compareGenerations(a!, generation(3, { rollbackTo: 1 })).same).toBe(true)
  })

  test('what patch makes of the first text by the diff is the second text', async () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c', '', '  d'), { maxLength: 30 })
      .chain((lines) => fc.constantFrom(lines.join('\n'), lines.map((line) => `${line}\n`).join('')))
    await fc.assert(
      fc.asyncProperty(text, text, async (from, to) => {
        const file = join(dir, 'patched')
        await writeFile(file, from)
        const diff = unifiedDiff('patched', from, to)
        if (diff === '') {
          expect(from).toBe(to)
          return
        }
        const patched = await run(['git', 'apply', '--unidiff-zero', '--whitespace=nowarn', '-p1', '-'], {
          cwd: dir,
          stdin: diff,
        })
        expect(patched.code, `${patched.stderr}${diff}`).toBe(0)
        expect(await readFile(file, 'utf8').catch(() => '')).toBe(to)
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})

describe('rollback', () => {
  const known = {
    name: 'dev',
    paths: environmentPaths('dev', baseDirs({ HOME: '/home/a' })),
    record: undefined,
    current: undefined,
  }
  const withProxy = (url: string): typeof aDesired => ({
    ...aDesired,
    engine: { ...aDesired.engine, daemon: { proxies: { 'http-proxy': url } } },
  })

  test('the configuration is that of the generation, whatever the file says now', async () => {
    const environment = await environmentOf(known, generation(3))
    expect(environment).toMatchObject({ desired: aDesired, configHash: 'sha256:1', kept: { generation: 3 } })
  })

  test('a generation without its effective configuration is refused', async () => {
    const { desired: _, ...old } = generation(3)
    await expect(environmentOf(known, old)).rejects.toMatchObject({ code: 'history/rollback-impossible' })
  })

  test('a credential is taken from the file, and without one the rollback is refused', async () => {
    const kept = generation(3, { desired: withProxy('http://xxxxx:xxxxx@proxy.test:3128') })
    await expect(environmentOf(known, kept)).rejects.toMatchObject({
      code: 'history/rollback-impossible',
      message: expect.stringContaining('http-proxy'),
    })
    const desired = withProxy('http://me:secret@proxy.test:3128')
    const current = {
      desired,
      files: [],
      configHash: 'c',
      paths: known.paths,
      record: undefined,
      dockerSocket: '',
    }
    expect((await environmentOf({ ...known, current }, kept)).desired).toEqual(desired)
    const other = { ...current, desired: withProxy('http://me:secret@other.test:3128') }
    await expect(environmentOf({ ...known, current: other }, kept)).rejects.toMatchObject({
      code: 'history/rollback-impossible',
    })
  })

  test('an image that is gone and cannot be built again is refused', async () => {
    const gone = generation(3, { imageDigest: `sha256:${'0'.repeat(64)}` })
    await expect(environmentOf(known, gone)).rejects.toMatchObject({ code: 'history/image-missing' })
  })
})
