import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bytesOf, type Entry } from '../../../src/guest/archive/entry.ts'
import { readTar } from '../../../src/guest/archive/tar-read.ts'
import { assemble } from '../../../src/guest/linuxkit/assemble.ts'
import { assembleWithTool } from '../../../src/guest/linuxkit/tool.ts'
import { openStore } from '../../../src/guest/oci/layout-store.ts'
import type { Store } from '../../../src/guest/oci/store.ts'
import { faithful, writeProgram } from '../../support/guest/linuxkit-program.ts'

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

const program = (body: string): Promise<string> => writeProgram(join(dir, 'linuxkit.mjs'), body)

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

test('a missing program is reported with the fix', async () => {
  const given = { yaml, store, workDir: join(dir, 'work'), program: join(dir, 'none') }
  await expect(assembleWithTool(given)).rejects.toMatchObject({ code: 'guest/missing-tool' })
})

test('what the program said goes into the error', async () => {
  const failing = await program('console.error("no such thing"); process.exit(3)')
  const given = { yaml, store, workDir: join(dir, 'work'), program: failing }
  await expect(assembleWithTool(given)).rejects.toThrow(/cache failed: no such thing/)
})
