/**
 * Archives that lie about their content. A test file that imports this has an empty image store for each test.
 */
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import type { Entry } from '../../../src/guest/archive/entry.ts'
import { emitPax } from '../../../src/guest/archive/pax.ts'
import { blockBytes, emitHeader } from '../../../src/guest/archive/tar-header.ts'
import { tarChunks } from '../../../src/guest/archive/tar-write.ts'
import { archiveName, importArchive } from '../../../src/guest/oci/archive.ts'
import { openStore } from '../../../src/guest/oci/layout-store.ts'
import type { Store } from '../../../src/guest/oci/store.ts'

export let root: string
export let store: Store
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'hostile-'))
  store = openStore(join(root, 'store'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

export const sha = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
export const common = { mode: 0o644, uid: 0, gid: 0, mtime: 0 }
export const file = (path: string, content: string | Uint8Array): Entry => ({
  type: 'file',
  path,
  ...common,
  content: Buffer.from(content),
})

export async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of tarChunks(entries)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export async function archive(bytes: Uint8Array): Promise<string> {
  const path = join(root, 'image.tar')
  await writeFile(path, bytes)
  return path
}

/** One member with a header of our own making. */
export function raw(name: string, data: Uint8Array, type = '0', size: number = data.length): Buffer {
  const header = emitHeader({ name, type, size, link: '', major: 0, minor: 0, ...common })
  return Buffer.concat([header, data, Buffer.alloc(-data.length & (blockBytes - 1))])
}
export const paxPath = (path: string): Buffer =>
  raw('pax', emitPax(new Map([['path', Buffer.from(path)]])), 'x')

export async function code(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'taken',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  )
}

/** By the two steps of a build: the name, which is part of the image's digest, and the content. */
export async function bring(path: string): Promise<string> {
  return await code(archiveName(path).then((name) => importArchive(store, path, name)))
}

export const honest = { hello: 'hello' }

export async function layerTar(hello: string): Promise<Buffer> {
  return await tar([file('hello', hello)])
}

/** `docker save` before 25: the names of its members are whatever the archive says. */
export async function docker({
  hello = honest.hello,
  claims = hello,
  configName = 'config.json',
  change = (configuration: Record<string, unknown>): unknown => configuration,
}: {
  hello?: string
  claims?: string
  configName?: string
  change?: (configuration: Record<string, unknown>) => unknown
} = {}): Promise<Entry[]> {
  const configuration = {
    ...{ os: 'linux', architecture: 'amd64', config: { Cmd: ['/hello'] } },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha(await layerTar(claims))}`] },
  }
  return [
    file('a/layer.tar', await layerTar(hello)),
    file(configName, JSON.stringify(change(configuration))),
    file('manifest.json', JSON.stringify([{ Config: configName, Layers: ['a/layer.tar'] }])),
  ]
}
