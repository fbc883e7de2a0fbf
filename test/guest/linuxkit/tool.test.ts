import { createReadStream } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesOf, type Entry } from '../../../src/guest/archive/entry.ts'
import { readTar } from '../../../src/guest/archive/tar-read.ts'
import { assemble } from '../../../src/guest/linuxkit/assemble.ts'
import { assembleWithTool } from '../../../src/guest/linuxkit/tool.ts'
import { openStore, type Store } from '../../../src/guest/oci/store.ts'

const source = (path: string): string => JSON.stringify(join(import.meta.dirname, '../../../src/guest', path))
const yaml = 'kernel: {image: kit/kernel, cmdline: quiet}\nservices: [{name: a, image: "app:v1"}]\n'

let dir: string
let store: Store

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-tool-'))
  store = openStore(join(dir, 'store'))
  const file = (path: string): Entry => {
    return { type: 'file', path, mode: 0o644, uid: 0, gid: 0, mtime: 0, content: Buffer.from(path) }
  }
  await store.add({ name: 'kit/kernel', layers: [{ entries: [file('kernel'), file('kernel.tar')] }] })
  await store.add({ name: 'app:v1', layers: [{ entries: [file('bin/app')] }], config: { Cmd: ['/bin/app'] } })
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** A program that keeps the interface of `linuxkit`: imports the layout into a cache, builds a tar from it. */
async function program(body: string): Promise<string> {
  const path = join(dir, 'linuxkit.mjs')
  await writeFile(path, `#!${process.execPath}\n${body}`)
  await chmod(path, 0o755)
  return path
}

const faithful = `
import { createReadStream, createWriteStream, readFileSync, appendFileSync } from 'node:fs'
import { join } from 'node:path'
const { openStore } = await import(${source('oci/store.ts')})
const { assemble } = await import(${source('linuxkit/assemble.ts')})
const { writeTar } = await import(${source('archive/tar-write.ts')})
const [flag, cache, command, ...rest] = process.argv.slice(2)
if (flag !== '--cache') throw new Error('no cache')
appendFileSync(join(cache, '..', 'calls'), [command, ...rest].join(' ') + '\\n')
const store = openStore(cache)
if (command === 'cache') await store.importTar(createReadStream(rest[1]))
else {
  const option = (name) => rest[rest.indexOf(name) + 1]
  const { entries } = await assemble({ yaml: readFileSync(rest.at(-1), 'utf8'), store })
  await writeTar(entries, createWriteStream(join(option('--dir'), option('--name') + '.tar')))
}
`

async function lines(entries: readonly Entry[]): Promise<unknown[]> {
  return await Promise.all(
    entries.map(async (entry) =>
      entry.type === 'file'
        ? { ...entry, content: Buffer.from(await bytesOf(entry.content)).toString() }
        : entry,
    ),
  )
}

test.skipIf(process.platform === 'win32')('its result is the same value as our own', async () => {
  // An archive inside the kernel image that is none is an empty one for both.
  const without = yaml.replace('cmdline', 'tar: none, cmdline')
  const workDir = join(dir, 'work')
  const theirs = await assembleWithTool({ yaml: without, store, workDir, program: await program(faithful) })
  const ours = await assemble({ yaml: without, store })
  expect(await lines(theirs.entries)).toEqual(await lines(ours.entries))
  expect(theirs.kernel?.cmdline).toBe('quiet')
  expect(Buffer.from(await bytesOf(theirs.kernel?.image ?? Buffer.alloc(0))).toString()).toBe('kernel')
  const calls = (await readFile(join(workDir, 'calls'), 'utf8')).trim().split('\n')
  expect(calls[0]).toBe(`cache import ${join(workDir, 'images.tar')}`)
  expect(calls[1]).toMatch(/^build --format tar --no-sbom --arch \S+ --dir \S+ --name guest \S+linuxkit.yml$/)
})

test('the program gets exactly the images of the file, named as the file names them', async () => {
  await store.add({ name: 'unused:v1', layers: [] })
  const workDir = join(dir, 'work')
  const given = { yaml, store, workDir, program: await program('process.exit(1)') }
  await expect(assembleWithTool(given)).rejects.toMatchObject({ code: 'linuxkit/tool-failed' })
  let index = ''
  for await (const entry of readTar(createReadStream(join(workDir, 'images.tar')))) {
    if (entry.path === 'index.json' && entry.type === 'file')
      index = Buffer.from(await bytesOf(entry.content)).toString()
  }
  const { manifests } = JSON.parse(index) as { manifests: { annotations: Record<string, string> }[] }
  expect(manifests.map(({ annotations }) => annotations['io.containerd.image.name'])).toEqual([
    'docker.io/kit/kernel',
    'docker.io/library/app:v1',
  ])
})

test('a missing program is said, with what to do', async () => {
  const given = { yaml, store, workDir: join(dir, 'work'), program: join(dir, 'none') }
  await expect(assembleWithTool(given)).rejects.toMatchObject({ code: 'guest/missing-tool' })
})

test('what the program said goes into the error', async () => {
  const failing = await program('console.error("no such thing"); process.exit(3)')
  const given = { yaml, store, workDir: join(dir, 'work'), program: failing }
  await expect(assembleWithTool(given)).rejects.toThrow(/cache failed: no such thing/)
})
