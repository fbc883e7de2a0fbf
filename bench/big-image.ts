/** An archive for `docker load` with one layer of random bytes, which no compression and no hole shortens. */
import { createHash, randomFillSync } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tarChunks, writeTar } from '../src/guest/archive/tar-write.ts'
import { file } from '../src/guest/debian/layer.ts'

/** @returns size of the archive in bytes. */
export async function writeBigImage(path: string, mebibytes: number): Promise<number> {
  const layer = await layerOf(mebibytes)
  const sha256 = (content: Uint8Array | string): string => createHash('sha256').update(content).digest('hex')
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
  })
  const configName = `${sha256(config)}.json`
  const manifest = [{ Config: configName, RepoTags: ['big:latest'], Layers: ['layer.tar'] }]
  const entries = [
    file(configName, config),
    file('layer.tar', layer),
    file('manifest.json', JSON.stringify(manifest)),
  ]
  await writeTar(entries, createWriteStream(path))
  return (await stat(path)).size
}

/** Files of 1 MiB, each unlike the others in its first bytes. */
async function layerOf(mebibytes: number): Promise<Buffer> {
  const block = randomFillSync(Buffer.alloc(2 ** 20))
  const files = Array.from({ length: mebibytes }, (_, index) => {
    const content = Buffer.from(block)
    content.writeUInt32LE(index)
    return file(`file-${index}`, content)
  })
  return Buffer.concat(await Array.fromAsync(tarChunks(files)))
}
