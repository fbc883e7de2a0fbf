/** An image from elsewhere is what its description says, and what the one who imports it means, or it is not taken. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import tar from 'tar-stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  describeFiles,
  findIntactImage,
  type ImageRecord,
  publishImage,
  stageImage,
} from '../../src/guest/built.ts'
import { cachedLock, imageDigest } from '../../src/guest/digest.ts'
import { exportGuest, importGuest } from '../../src/guest/transfer.ts'
import { cachePaths } from '../../src/host/paths.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tampered-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const cacheOf = (name: string) => {
  const base = join(dir, name)
  return cachePaths({ config: base, state: base, cache: base, runtime: base })
}
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const lock = {
  source: 'trixie/amd64',
  components: [
    { name: 'desktop/x', packages: [{ name: 'xx', version: '1', sha256: sha256('xx'), sizeBytes: 1 }] },
  ],
}
const digest = imageDigest(lock, 'init: []\n')
const contents = { kernel: 'kernel!', initrd: 'initrd!', 'root.squashfs': 'root!' } as const

/** An honest image in the cache `name`, and its content digest. */
async function build(name: string, cmdline = 'quiet'): Promise<string> {
  const cache = cacheOf(name)
  await stageImage(cache, async (staged) => {
    for (const [file, text] of Object.entries(contents)) await writeFile(join(staged, file), text)
    const files = await describeFiles(staged)
    await publishImage(cache, staged, { formatVersion: 1, digest, cmdline, ...lock, files })
  })
  return exportGuest(cache, digest, join(dir, `${name}.tar`))
}

type Parts = Record<string, string>

/** The archive of an honest image, with what `change` makes of its files and of its description. */
async function forged(change: (record: Record<string, unknown>, parts: Parts) => unknown): Promise<string> {
  const record: Record<string, unknown> = {
    formatVersion: 1,
    digest,
    cmdline: 'quiet',
    ...structuredClone(lock),
    files: Object.fromEntries(
      Object.entries(contents).map(([name, text]) => [
        name,
        { sizeBytes: text.length, sha256: sha256(text) },
      ]),
    ),
  }
  const parts: Parts = { ...contents }
  const other = change(record, parts)
  const path = join(dir, 'forged.tar')
  const pack = tar.pack()
  pack.entry({ name: 'image.json' }, typeof other === 'string' ? other : JSON.stringify(record))
  for (const [name, text] of Object.entries(parts)) pack.entry({ name }, text)
  pack.finalize()
  await writeFile(path, await buffer(pack))
  return path
}

const files = (record: Record<string, unknown>): ImageRecord['files'] => record.files as ImageRecord['files']
const component = (record: Record<string, unknown>): { name: unknown; packages: Record<string, unknown>[] } =>
  (record.components as { name: unknown; packages: Record<string, unknown>[] }[])[0]!

const tampered: readonly (readonly [string, (record: Record<string, unknown>, parts: Parts) => unknown])[] = [
  [
    'another kernel',
    (_record, parts) => {
      parts.kernel = 'evil!!!'
    },
  ],
  [
    'another initrd',
    (_record, parts) => {
      parts.initrd = 'evil!!!'
    },
  ],
  [
    'another root',
    (_record, parts) => {
      parts['root.squashfs'] = 'evil!'
    },
  ],
  [
    'a byte more',
    (_record, parts) => {
      parts.kernel += '!'
    },
  ],
  ['no kernel', (_record, parts) => void delete parts.kernel],
  [
    'a file besides',
    (_record, parts) => {
      parts['x.sh'] = 'x'
    },
  ],
  [
    'a file above',
    (_record, parts) => {
      parts['../x.sh'] = 'x'
    },
  ],
  [
    'an absolute file',
    (_record, parts) => {
      parts['/tmp/x.sh'] = 'x'
    },
  ],
  ['no description', () => ''],
  ['a description that is null', () => 'null'],
  ['a description that is a list', () => '[]'],
  ['a description of 5 MiB', () => JSON.stringify('x'.repeat(5 * 2 ** 20))],
  [
    'a digest that is a path',
    (record) => {
      record.digest = 'sha256:../../../../etc'
    },
  ],
  [
    'a digest that is longer',
    (record) => {
      record.digest = `${digest}0`
    },
  ],
  [
    'arguments of two lines',
    (record) => {
      record.cmdline = 'quiet\ninit=/evil'
    },
  ],
  [
    'arguments with an escape',
    (record) => {
      record.cmdline = 'quiet \u001b[2J'
    },
  ],
  [
    'arguments that are a list',
    (record) => {
      record.cmdline = ['quiet']
    },
  ],
  [
    'a source that is a path',
    (record) => {
      record.source = '../trixie'
    },
  ],
  [
    'a digest of a file that is none',
    (record) => {
      files(record).kernel.sha256 = 'x'
    },
  ],
  ['a size that is a text', (record) => void Object.assign(files(record).kernel, { sizeBytes: '7' })],
  [
    'a component with a path',
    (record) => {
      component(record).name = '../../x'
    },
  ],
  [
    'a package that is an option',
    (record) => {
      component(record).packages[0]!.name = '-oAPT::X'
    },
  ],
  [
    'a version that is a path',
    (record) => {
      component(record).packages[0]!.version = '/checkout/x.sh'
    },
  ],
  ['a package without a digest', (record) => void delete component(record).packages[0]!.sha256],
  ['packages that are a map', (record) => void Object.assign(component(record), { packages: {} })],
  [
    'components that are null',
    (record) => {
      record.components = [null]
    },
  ],
]

test.each(tampered)('an image with %s is refused, and leaves nothing', async (_name, change) => {
  const cache = cacheOf('fresh')
  await expect(importGuest(cache, await forged(change))).rejects.toMatchObject({
    code: 'guest/image-corrupt',
  })
  expect(await findIntactImage(cache, digest)).toBeUndefined()
  expect(await cachedLock(cache)).toBeUndefined()
  expect(readdirSync(cache.imagesDir)).toEqual([])
})

const consistent: readonly (readonly [string, (record: Record<string, unknown>, parts: Parts) => unknown])[] =
  [
    [
      'arguments',
      (record) => {
        record.cmdline = 'quiet init=/evil'
      },
    ],
    ...(['kernel', 'initrd', 'root.squashfs'] as const).map(
      (name) =>
        [
          name,
          (record: Record<string, unknown>, parts: Parts) => {
            parts[name] = 'evil'
            Object.assign(files(record)[name], { sizeBytes: 4, sha256: sha256('evil') })
          },
        ] as const,
    ),
  ]

test.each(consistent)(
  'an image that claims a known digest with another %s is refused',
  async (_name, change) => {
    await build('known')
    const image = await findIntactImage(cacheOf('known'), digest)
    await expect(importGuest(cacheOf('known'), await forged(change))).rejects.toMatchObject({
      code: 'guest/content-differs',
    })
    expect(await findIntactImage(cacheOf('known'), digest)).toEqual(image)
  },
)

test.each(consistent)(
  'an image with another %s than the content that is asked for is refused',
  async (_name, change) => {
    const content = await build('known')
    await expect(importGuest(cacheOf('fresh'), await forged(change), content)).rejects.toMatchObject({
      code: 'guest/content-differs',
    })
    expect(await findIntactImage(cacheOf('fresh'), digest)).toBeUndefined()
  },
)

test('an image with the content that is asked for is taken, and others may not read it', async () => {
  const content = await build('known')
  const image = await importGuest(cacheOf('fresh'), join(dir, 'known.tar'), content)
  expect(image.content).toBe(content)
  expect(await readFile(image.kernel, 'utf8')).toBe(contents.kernel)
  expect(statSync(join(image.kernel, '..')).mode & 0o077).toBe(0)
})
