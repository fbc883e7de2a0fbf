import { mkdir, mkdtemp, open, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { change } from '../../../src/supervisor/file-events/pending-changes.ts'
import { encodeTriggers, fileTypes, triggersOf } from '../../../src/supervisor/file-events/triggers.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'triggers-'))
  await mkdir(join(dir, 'share/src'), { recursive: true })
  await mkdir(join(dir, 'outside'))
  for (const name of ['share/src/main.ts', 'share/run.sh', 'outside/secret'])
    await writeFile(join(dir, name), '', { mode: name.endsWith('.sh') ? 0o755 : 0o644 })
  await symlink('../outside', join(dir, 'share/link'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

async function triggers(changes: Record<string, number>, { writable = true } = {}) {
  const noted = new Map(Object.entries(changes))
  await using root = await open(join(dir, 'share'))
  return triggersOf(noted, await fileTypes(root, noted.keys()), writable)
}

test('written content is IN_MODIFY where the file can be opened for writing, else IN_ATTRIB', async () => {
  const written = { './src/main.ts': change.content, './run.sh': change.content }
  expect(await triggers(written)).toEqual({
    lookUp: [],
    content: ['./src/main.ts'],
    attributes: ['./run.sh'],
  })
  expect(await triggers(written, { writable: false })).toMatchObject({ content: [] })
})

test('a new file and a new folder are looked up again first', async () => {
  const created = change.content | change.name
  expect(await triggers({ './src/main.ts': created, './src': created })).toEqual({
    lookUp: ['./src/main.ts', './src'],
    content: ['./src/main.ts'],
    attributes: ['./src'],
  })
})

test('a deleted file and a link are reported as a change of their folder', async () => {
  expect(await triggers({ './src/gone.ts': change.name, './link': change.content | change.name })).toEqual({
    lookUp: ['./src/gone.ts'],
    content: [],
    attributes: ['./src', '.'],
  })
})

test('files of one folder are neighbours, so that the VM looks the folder up once', async () => {
  await writeFile(join(dir, 'share/src/other.ts'), '')
  await writeFile(join(dir, 'share/top.ts'), '')
  const written = {
    './src/main.ts': change.content,
    './top.ts': change.content,
    './src/other.ts': change.content,
  }
  expect((await triggers(written)).content).toEqual(['./src/main.ts', './src/other.ts', './top.ts'])
})

test('nothing is learned of files behind a link that took the place of a folder', async () => {
  await using root = await open(join(dir, 'share'))
  const found = await fileTypes(root, ['./link/secret', './link/none'])
  expect([...found.values()].filter((type) => type !== undefined)).toEqual([])
})

test('a request holds the lengths of its lists in bytes, and any name that Linux allows', () => {
  const name = Buffer.from('./-new\n line é').toString('latin1')
  const bytes = encodeTriggers({ lookUp: [], content: [name], attributes: ['.', './a'] })
  const body = bytes.indexOf('\n') + 1
  expect(bytes.subarray(0, body).toString()).toBe(`0 ${Buffer.byteLength('./-new\n line é') + 1} 6\n`)
  expect(bytes.subarray(body).toString()).toBe('./-new\n line é\0.\0./a\0')
})
