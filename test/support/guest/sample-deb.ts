/** Debian packages and their parts, made of texts. */
import { gzipSync } from 'node:zlib'
import { tarChunks } from '../../../src/guest/archive/tar-write.ts'
import { file } from '../../../src/guest/debian/layer.ts'

export async function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of tarChunks(Object.entries(files).map(([path, text]) => file(path, text))))
    chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** An ar archive of these members after `debian-binary`. */
export function debBytes(members: readonly (readonly [name: string, bytes: Uint8Array])[]): Buffer {
  const parts = [['debian-binary', Buffer.from('2.0\n')] as const, ...members].flatMap(([name, bytes]) => {
    const header = `${name.padEnd(16)}${'0'.padEnd(12)}${'0'.padEnd(6)}${'0'.padEnd(6)}${'100644'.padEnd(8)}`
    const size = `${String(bytes.length).padEnd(10)}\`\n`
    return [Buffer.from(header + size), bytes, Buffer.alloc(bytes.length % 2, '\n')]
  })
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts])
}

export async function sampleDeb(
  control: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Buffer> {
  return debBytes([
    ['control.tar.gz', gzipSync(await tarOf({ control }))],
    ['data.tar.gz', gzipSync(await tarOf(files))],
  ])
}
