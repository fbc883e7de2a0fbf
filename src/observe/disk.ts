/** Size of the data disk, from the qcow2 header itself (QEMU's docs/interop/qcow2): no program is started. */
import { type FileHandle, open } from 'node:fs/promises'
import { present, type Reading, unknown } from '../reading.ts'
import type { ObservedDisk } from './observed.ts'

const magic = 0x514649fb
const sizeOffset = 24
const tableEntriesOffset = 36
const tableOffset = 40
const headerBytes = 48

/** Throws ENOENT when there is no file; a file that is no qcow2 is unknown, never absent. */
export async function readDisk(path: string): Promise<Reading<ObservedDisk>> {
  let file: FileHandle | undefined
  try {
    file = await open(path, 'r')
    const header = Buffer.alloc(headerBytes)
    const { bytesRead } = await file.read(header, 0, headerBytes, 0)
    if (bytesRead < headerBytes) return unknown(`${path} ends after ${bytesRead} bytes`)
    if (header.readUInt32BE(0) !== magic) return unknown(`${path} is not a qcow2 image`)
    const { blocks, size } = await file.stat()
    const tableEnd = Number(header.readBigUInt64BE(tableOffset)) + 8 * header.readUInt32BE(tableEntriesOffset)
    if (tableEnd > size)
      return unknown(`${path} is cut off: it ends after ${size} bytes, before its own tables`)
    return present({ virtualBytes: Number(header.readBigUInt64BE(sizeOffset)), allocatedBytes: blocks * 512 })
  } finally {
    await file?.close()
  }
}
