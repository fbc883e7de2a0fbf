/** The assembler's output equals that of LinuxKit's own tool on a corpus (test/oracle). */
import { createHash } from 'node:crypto'
import { createReadStream, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesOf, type Entry } from '../../../src/guest/archive/entry.ts'
import { assemble } from '../../../src/guest/linuxkit/assemble.ts'
import { openStore } from '../../../src/guest/oci/layout-store.ts'
import type { Store } from '../../../src/guest/oci/store.ts'

const corpus = join(import.meta.dirname, '..', '..', 'oracle')
const casesDir = join(corpus, 'cases')

interface ExpectedEntry {
  path: string
  type: 'dir' | 'file' | 'symlink'
  mode: string
  uid: number
  gid: number
  link?: string
  text?: string
  sha256?: string
  size?: number
  json?: unknown
}

type Expected = { entries: ExpectedEntry[] } | { refused: true; message: string[] }

let dir: string
let store: Store

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-oracle-'))
  store = openStore(dir)
  await store.importTar(createReadStream(join(corpus, 'images.tar')))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** An entry as the corpus describes it. */
async function described(entry: Entry, like: ExpectedEntry | undefined): Promise<ExpectedEntry> {
  const { path, mode, uid, gid } = entry
  const type = entry.type === 'directory' ? 'dir' : (entry.type as ExpectedEntry['type'])
  const common = { path, type, mode: `0o${mode.toString(8)}`, uid, gid }
  if (entry.type === 'symlink') return { ...common, link: entry.target }
  if (entry.type !== 'file') return common
  const bytes = Buffer.from(await bytesOf(entry.content))
  if (like?.json !== undefined) return { ...common, json: JSON.parse(bytes.toString()) }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const text = like?.text === undefined ? {} : { text: bytes.toString() }
  return { ...common, sha256, size: bytes.length, ...text }
}

describe('every case of the corpus', () => {
  for (const name of readdirSync(casesDir).sort()) {
    const yaml = readFileSync(join(casesDir, name, 'linuxkit.yml'), 'utf8')
    const expected = JSON.parse(readFileSync(join(casesDir, name, 'expected.json'), 'utf8')) as Expected
    if ('refused' in expected) {
      test(`${name} is refused`, async () => {
        await expect(assemble({ yaml, store })).rejects.toMatchObject({ code: 'linuxkit/invalid' })
      })
      continue
    }
    test(`${name} gives the same entries in the same order`, async () => {
      const { entries } = await assemble({ yaml, store })
      const got = await Promise.all(entries.map((entry, i) => described(entry, expected.entries[i])))
      expect(got).toEqual(expected.entries)
    })
  }
})
