/** Further inputs, with the output of upstream's own code (test/fixtures/linuxkit). */
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bytesOf, type Entry } from '../../../src/guest/archive/entry.ts'
import { assemble } from '../../../src/guest/linuxkit/assemble.ts'
import { openStore } from '../../../src/guest/oci/layout-store.ts'
import type { Store } from '../../../src/guest/oci/store.ts'

interface Case {
  name: string
  yaml: string
  refused?: true
  entries?: string[]
  texts?: Record<string, string>
}

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'linuxkit')
const cases = JSON.parse(readFileSync(join(fixtures, 'cases.json'), 'utf8')) as Case[]

let dir: string
let store: Store

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-upstream-'))
  store = openStore(dir)
  await store.importTar(createReadStream(join(fixtures, 'images.tar')))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const letters = {
  directory: 'd',
  file: '-',
  symlink: 'l',
  hardlink: 'h',
  character: 'c',
  block: 'b',
  fifo: 'p',
} as const

async function contentOf(entry: Entry): Promise<string> {
  if (entry.type === 'file') {
    const hash = createHash('sha256').update(await bytesOf(entry.content))
    return hash.digest('hex').slice(0, 16)
  }
  if ('target' in entry) return `-> ${entry.target}`
  return 'major' in entry ? `${entry.major},${entry.minor}` : ''
}

async function line(entry: Entry): Promise<string> {
  const { type, mode, uid, gid, mtime, path } = entry
  return `${letters[type]} ${mode.toString(8)} ${uid}:${gid} ${mtime} ${path} ${await contentOf(entry)}`.trim()
}

for (const { name, yaml, refused, entries = [], texts = {} } of cases) {
  if (refused) {
    test(`${name}\n${yaml}`, async () => {
      await expect(assemble({ yaml, store })).rejects.toMatchObject({
        code: expect.stringMatching(/^(linuxkit|oci)\//),
      })
    })
    continue
  }
  test(name, async () => {
    const assembled = await assemble({ yaml, store })
    for (const entry of assembled.entries) {
      const text = texts[entry.path]
      if (text === undefined || entry.type !== 'file') continue
      expect(Buffer.from(await bytesOf(entry.content)).toString()).toBe(text)
    }
    expect(await Promise.all(assembled.entries.map(line))).toEqual(entries)
  })
}
