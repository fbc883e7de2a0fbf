/** Extracts an uncompressed kernel and its modules from the Debian kernel package, and creates the module indexes. */
import { Readable } from 'node:stream'
import { zstdDecompressSync } from 'node:zlib'
import { DesktopError } from '../../errors/desktop-error.ts'
import { decompressed } from './decompress.ts'
import { addDeb, bytesAt, file, type Layer, put } from './layer.ts'
import { moduleIndexes, parseModule } from './modules.ts'

/**
 * The ELF kernel in a bzImage (x86 boot protocol: setup_sects at 0x1f1, payload_offset and payload_length at 0x248).
 * QEMU starts it directly (PVH), which saves decompression at every boot under emulation.
 */
export function extractVmlinux(image: Buffer): Buffer {
  const setupSectors = image.readUInt8(0x1f1) || 4
  const start = (setupSectors + 1) * 512 + image.readUInt32LE(0x248)
  // The payload ends with its decompressed length, in four bytes.
  const payload = image.subarray(start, start + image.readUInt32LE(0x24c) - 4)
  if (payload.length < 4 || payload.readUInt32LE(0) !== 0xfd2fb528) {
    throw new DesktopError('guest/build-failed', 'the Debian kernel is not compressed with zstd')
  }
  return zstdDecompressSync(payload)
}

export interface Kernel {
  vmlinux: Buffer
  /** e.g. `6.12.9-cloud-amd64` */
  version: string
  /** `usr/lib/modules/VERSION/…`, uncompressed, with indexes. */
  modules: Layer
}

/** A variable-length integer of the .xz format (section 1.2) and the offset after it. */
function xzInteger(bytes: Buffer, at: number): [value: number, next: number] {
  let value = 0
  for (let shift = 0; ; shift += 7) {
    const byte = bytes.readUInt8(at++)
    value += (byte & 0x7f) * 2 ** shift
    if ((byte & 0x80) === 0) return [value, at]
  }
}

/** Decompressed size of a single-stream .xz file, from its index (.xz format, sections 2.1.2 and 4). */
export function xzSize(file: Buffer): number {
  const indexSize = (file.readUInt32LE(file.length - 8) + 1) * 4
  const index = file.subarray(file.length - 12 - indexSize, file.length - 12)
  let size = 0
  let [records, at] = xzInteger(index, 1)
  for (; records > 0; records--) {
    const [, afterUnpadded] = xzInteger(index, at)
    const [unpacked, next] = xzInteger(index, afterUnpadded)
    size += unpacked
    at = next
  }
  return size
}

/** Concatenated .xz files decompress as one. */
async function unxz(files: readonly Buffer[]): Promise<Buffer[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of await decompressed('modules.xz', Readable.from(files))) chunks.push(chunk)
  const all = Buffer.concat(chunks)
  let at = 0
  return files.map((file) => {
    const start = at
    at += xzSize(file)
    return all.subarray(start, at)
  })
}

/** Reads the kernel package at `deb`. */
export async function unpackKernel(deb: string, signal?: AbortSignal): Promise<Kernel> {
  const layer: Layer = new Map()
  await addDeb(layer, deb, [/^usr\/share\//], signal)
  const content = (path: string) => bytesAt(layer, path)
  const imagePath = [...layer.keys()].find((path) => /^boot\/vmlinuz-/.test(path))
  const image = imagePath === undefined ? undefined : content(imagePath)
  if (imagePath === undefined || image === undefined) {
    throw new DesktopError('guest/build-failed', 'the kernel package holds no boot/vmlinuz')
  }
  const version = imagePath.slice('boot/vmlinuz-'.length)
  const base = `usr/lib/modules/${version}`
  const kept = [...layer.keys()].filter((path) => path.endsWith('.ko.xz'))
  const unpacked = await unxz(kept.map((path) => content(path) ?? Buffer.alloc(0)))
  const modules: Layer = new Map()
  const infos = kept.map((path, index) => {
    const plain = path.slice(0, -'.xz'.length)
    const module = unpacked[index] ?? Buffer.alloc(0)
    put(modules, file(plain, module))
    return parseModule({ path: plain.slice(base.length + 1), content: module })
  })
  const indexes = moduleIndexes(infos)
  for (const [name, text] of Object.entries(indexes)) put(modules, file(`${base}/${name}`, text))
  for (const name of ['modules.builtin', 'modules.builtin.modinfo', 'modules.order']) {
    const bytes = content(`${base}/${name}`)
    if (bytes !== undefined) put(modules, file(`${base}/${name}`, bytes))
  }
  return { vmlinux: extractVmlinux(image), version, modules }
}
