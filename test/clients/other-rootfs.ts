/** The small userland of the tests for another architecture, from Debian's signed index of it. */
import { createReadStream, createWriteStream } from 'node:fs'
import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Entry } from '../../src/guest/archive/entry.ts'
import { readTar } from '../../src/guest/archive/tar-read.ts'
import { writeTar } from '../../src/guest/archive/tar-write.ts'
import { decompressed } from '../../src/guest/debian/decompress.ts'
import { downloadFile } from '../../src/guest/debian/download.ts'
import { addDeb, bytesAt, type Layer } from '../../src/guest/debian/layer.ts'
import { findMirrors } from '../../src/guest/debian/mirror.ts'
import { parsePackages } from '../../src/guest/debian/packages.ts'
import { parseRelease, readKeys, verifiedText } from '../../src/guest/debian/release.ts'
import { openTransport } from '../../src/guest/debian/transport.ts'
import { cachePaths } from '../../src/host/paths.ts'

/** `rootfs` with the busybox of `architecture`; a tar in the cache. */
export async function otherRootfs(rootfs: string, architecture: string): Promise<string> {
  const dir = join(cachePaths().aptDir, '..', 'test')
  const tar = join(dir, `busybox-${architecture}.tar`)
  const isThere = await access(tar).then(
    () => true,
    () => false,
  )
  if (isThere) return tar
  await mkdir(dir, { recursive: true })
  const content = await busybox(dir, architecture)
  const entries = async function* (): AsyncGenerator<Entry> {
    for await (const entry of readTar(createReadStream(rootfs)))
      yield entry.type === 'file' && entry.path === 'bin/busybox' ? { ...entry, content } : entry
  }
  const unfinished = `${tar}.${process.pid}.tmp`
  await writeTar(entries(), createWriteStream(unfinished))
  await rename(unfinished, tar)
  return tar
}

async function busybox(dir: string, architecture: string): Promise<Buffer> {
  const [mirror] = await findMirrors()
  if (mirror === undefined) throw new Error('no mirror')
  const { uri, suite } = mirror
  using transport = await openTransport()
  const base = `${uri}/dists/${suite}`
  const signed = await text(await transport.get(`${base}/InRelease`))
  const release = parseRelease(await verifiedText(signed, await readKeys()))
  const path = `main/binary-${architecture}/Packages.xz`
  const listed = release.files.get(path)
  if (listed === undefined) throw new Error(`${suite} has no ${path}`)
  const scratch = await mkdtemp(join(dir, 'busybox-'))
  try {
    const [packed, deb] = [join(scratch, 'Packages.xz'), join(scratch, 'busybox.deb')]
    await downloadFile({ url: `${base}/${path}`, ...listed }, packed, { transport })
    const packages = await text(await decompressed(packed, createReadStream(packed)))
    const wanted = parsePackages({ uri, text: packages }).get('busybox-static')
    if (wanted === undefined) throw new Error(`${suite} has no busybox-static for ${architecture}`)
    await downloadFile(wanted, deb, { transport })
    const layer: Layer = new Map()
    await addDeb(layer, deb, [])
    const program = bytesAt(layer, 'usr/bin/busybox')
    if (program === undefined) throw new Error('busybox-static has no usr/bin/busybox')
    return program
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}
