import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DesktopError } from '../../src/errors/desktop-error.ts'
import { holding, resolveLock } from '../../src/guest/debian/lock.ts'
import { parsePackages } from '../../src/guest/debian/packages.ts'
import type { ComponentLock } from '../../src/guest/image.ts'
import {
  lockText,
  notCovered,
  packageChanges,
  parseLock,
  placeInLock,
  readLockFile,
} from '../../src/guest/lock-file.ts'
import { sampleLock } from '../support/guest/sample-lock.ts'

const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((all) => all.join(''))
const packages = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z0-9][a-z0-9+.-]{1,20}$/),
    version: fc.stringMatching(/^([0-9]:)?[0-9][A-Za-z0-9.+~-]{0,12}$/),
    sha256: hex(64),
    sizeBytes: fc.integer({ min: 1, max: 2 ** 31 }),
  }),
  { minLength: 1, maxLength: 12, selector: ({ name }) => name },
)
/** Components share packages, as real ones do. */
const locks: fc.Arbitrary<ComponentLock> = packages
  .chain((all) =>
    fc.record({
      source: fc.constant('trixie/amd64'),
      components: fc.uniqueArray(
        fc.record({ name: fc.stringMatching(/^desktop\/[a-z]{1,8}$/), packages: fc.subarray(all) }),
        {
          selector: ({ name }) => name,
        },
      ),
    }),
  )
  // A lock that came out of a text has no package that no component uses, nor two of one digest.
  .filter(({ components }) => {
    const used = new Map(components.flatMap((one) => one.packages.map((p) => [p.name, p.sha256])))
    return new Set(used.values()).size === used.size
  })

test('every lock is read as it was written, and written again gives the same bytes', () => {
  fc.assert(
    fc.property(locks, hex(64), (lock, rules) => {
      const text = lockText(lock, rules)
      const read = parseLock(text, 'desktop.lock')
      expect(read).toEqual(lock)
      expect(lockText(read, rules)).toBe(text)
      expect(JSON.parse(text).packages.map(({ name }: { name: string }) => name)).toEqual(
        JSON.parse(text)
          .packages.map(({ name }: { name: string }) => name)
          .toSorted(),
      )
    }),
  )
})

test('every lock conforms to its schema', () => {
  const schema = join(import.meta.dirname, '..', '..', 'schemas', 'lock.schema.json')
  const valid = new Ajv({ allowUnionTypes: true }).compile(JSON.parse(readFileSync(schema, 'utf8')))
  fc.assert(
    fc.property(locks, hex(64), (lock, rules) => {
      expect(valid(JSON.parse(lockText(lock, rules)))).toBe(true)
    }),
  )
})

test('a package is one line, found by its name, and a change of it is one line of a diff', () => {
  const [before, after] = [sampleLock(), sampleLock({ jq: '2' })].map((lock) =>
    lockText(lock, 'r').split('\n'),
  )
  const differing = (before ?? []).flatMap((line, i) => (line === after?.[i] ? [] : [line]))
  expect(differing.filter((line) => line.includes('"name"'))).toHaveLength(1)
  // Beside it only the images that are made of it.
  expect(differing.every((line) => line.includes('"name": "jq"') || line.includes('"jq"'))).toBe(true)
  const place = placeInLock((before ?? []).join('\n'), 'jq')
  expect(before?.[(place?.line ?? 0) - 1]).toContain('"name": "jq"')
  expect(placeInLock('', 'jq')).toBeUndefined()
})

test('any damage is refused as config/lock or changes the parsed value, and is never anything else', () => {
  const text = lockText(sampleLock(), 'r')
  fc.assert(
    fc.property(
      fc.nat({ max: text.length }),
      fc.nat({ max: 40 }),
      fc.constantFrom('', '{', '"', ']', 'null', '0'),
      (at, cut, piece) => {
        try {
          parseLock(text.slice(0, at) + piece + text.slice(at + cut), 'desktop.lock')
        } catch (error) {
          expect(error).toBeInstanceOf(DesktopError)
          expect((error as DesktopError).code).toBe('config/lock')
        }
      },
    ),
    { numRuns: 500 },
  )
})

test.each([
  ['{"format":"desktop-lock/2"}', 'another format version'],
  ['{"format":"x"}', 'is not a desktop.lock'],
  ['null', 'is not a desktop.lock'],
  ['<<<<<<< ours\n{}\n=======\n', 'conflict markers'],
  ['{', 'is not JSON'],
  [lockText(sampleLock(), 'r').replace('"name": "jq"', '"name": "jq2"'), 'has no package jq'],
  [lockText(sampleLock(), 'r').replaceAll('"jq"', '"-oAcquire::http::Proxy"'), 'has an invalid package'],
  [lockText(sampleLock({ jq: '/checkout/x.sh' }), 'r'), 'has an invalid package'],
  [
    lockText(sampleLock(), 'r').replaceAll(/"jq"(?=[,\]](?!.*version))/g, '"socat"'),
    'has packages that no component uses: jq',
  ],
  [lockText(sampleLock(), 'r').replace('"name": "jq"', '"name": "socat"'), 'names socat twice'],
])('%.30s is refused: %s', (text, said) => {
  expect(() => parseLock(text, 'desktop.lock')).toThrow(said)
})

test('a lock without what this version builds is refused with what to run', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'lock-'))
  const file = join(dir, 'desktop.lock')
  try {
    expect(await readLockFile(file)).toBeUndefined()
    const { source, components } = sampleLock()
    await writeFile(file, lockText({ source, components: components.slice(1) }, 'r'))
    await expect(readLockFile(file)).rejects.toMatchObject({
      code: 'config/lock',
      exitCode: 3,
      hint: expect.stringContaining('desktop lock'),
    })
    await writeFile(file, lockText(sampleLock(), 'r'))
    expect(await readLockFile(file)).toEqual(sampleLock())
  } finally {
    await rm(dir, { recursive: true })
  }
})

test('what a lock lacks is named: a component, or a package of one', () => {
  const { source, components } = sampleLock()
  expect(notCovered({ source, components })).toEqual([])
  const without = components.flatMap((one) =>
    one.name === 'desktop/socat'
      ? []
      : [{ ...one, packages: one.packages.filter(({ name }) => name !== 'jq') }],
  )
  expect(notCovered({ source, components: without })).toEqual([
    'jq in desktop/tools',
    'the component desktop/socat',
  ])
})

test('changes list added, removed and changed packages; the same version with another digest is one', () => {
  const one = (name: string, version: string, digit: string) => ({
    name,
    version,
    sha256: digit.repeat(64),
    sizeBytes: 1,
  })
  const of = (...list: ReturnType<typeof one>[]) => [{ name: 'desktop/x', packages: list }]
  expect(
    packageChanges(
      of(one('a', '1', 'a'), one('b', '1', 'b'), one('c', '1', 'c')),
      of(one('a', '2', 'd'), one('c', '1', 'e'), one('d', '1', 'f')),
    ),
  ).toEqual([
    { name: 'a', from: '1', to: '2' },
    { name: 'b', from: '1', to: undefined },
    { name: 'c', from: '1 (cccccccccccc)', to: '1 (eeeeeeeeeeee)' },
    { name: 'd', from: undefined, to: '1' },
  ])
})

test('held packages stay at their version, and new ones get the newest', () => {
  const stanza = (name: string, version: string, depends = '') =>
    `Package: ${name}\nVersion: ${version}\n${depends}SHA256: ${version.repeat(64).slice(0, 64)}\nSize: 1\nFilename: pool/${name}.deb\n`
  const text = [stanza('aa', '2', 'Depends: bb\n'), stanza('bb', '3')].join('\n')
  const index = parsePackages({ uri: 'http://deb.test/debian', text })
  const recipe = { name: 'desktop/x', kind: 'root' as const, packages: ['aa'], overlays: [] }
  const held = holding(index, [{ name: 'aa', version: '1', sha256: 'f'.repeat(64), sizeBytes: 7 }])
  expect(resolveLock(held, [recipe]).components[0]?.packages).toEqual([
    { name: 'aa', version: '1', sha256: 'f'.repeat(64), sizeBytes: 7 },
    { name: 'bb', version: '3', sha256: '3'.repeat(64), sizeBytes: 1 },
  ])
})
