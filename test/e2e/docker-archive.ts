/** An image in `docker save` format, made without docker: one layer and its start command. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import tar from 'tar-stream'
import { fileSha256 } from '../../src/guest/debian/download.ts'

export async function writeDockerArchive(
  path: string,
  { layer, command }: { layer: string; command: readonly string[] },
): Promise<void> {
  const diffId = `sha256:${await fileSha256(layer)}`
  const config = JSON.stringify({
    os: 'linux',
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    config: { Cmd: command, Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: [diffId] },
  })
  const configName = `${createHash('sha256').update(config).digest('hex')}.json`
  const pack = tar.pack()
  const written = pipeline(pack, createWriteStream(path))
  pack.entry({ name: configName }, config)
  const { size } = await stat(layer)
  await pipeline(createReadStream(layer), pack.entry({ name: 'layer.tar', size }))
  const manifest = [{ Config: configName, RepoTags: ['test:latest'], Layers: ['layer.tar'] }]
  pack.entry({ name: 'manifest.json' }, JSON.stringify(manifest))
  pack.finalize()
  await written
}
