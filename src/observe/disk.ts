/** Reads the data disk's size from the qcow2 header (QEMU's docs/interop/qcow2), without starting a program. */
import { type FileHandle, open } from 'node:fs/promises'
import { type Observation, present, unknown } from '../observation.ts'
import type { ObservedDisk } from './observed.ts'

const magic = 0x514649fb
const sizeOffset = 24
const tableEntriesOffset = 36
const tableOffset = 40
const headerBytes = 48

/** Throws ENOENT if there is no file; a file that is not qcow2 is unknown, never absent. */
export async function readDisk(path: string): Promise<Observation<ObservedDisk>> {
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
    const uuid = await fileSystemUuid(file, header)
    return present({
      virtualBytes: Number(header.readBigUInt64BE(sizeOffset)),
      allocatedBytes: blocks * 512,
      ...(uuid === undefined ? {} : { uuid }),
    })
  } finally {
    await file?.close()
  }
}

/** Whether the disk was never written to: the L1 table is empty. */
export async function isBlankDisk(path: string): Promise<boolean> {
  const file = await open(path, 'r')
  try {
    const header = Buffer.alloc(headerBytes)
    const { bytesRead } = await file.read(header, 0, headerBytes, 0)
    const entries = header.readUInt32BE(tableEntriesOffset)
    if (bytesRead < headerBytes || header.readUInt32BE(0) !== magic || entries === 0) return false
    const table = Buffer.alloc(entries * 8)
    const read = await file.read(table, 0, table.length, Number(header.readBigUInt64BE(tableOffset)))
    return read.bytesRead === table.length && table.every((byte) => byte === 0)
  } finally {
    await file.close()
  }
}

/** Host offset of the cluster or table in a table entry (docs/interop/qcow2, "L1 table entry"). */
const hostOffset = 0x00ff_ffff_ffff_fe00n
const compressed = 1n << 62n
/** ext4's superblock, with magic number and UUID, at byte 1024 (kernel: filesystems/ext4/super.rst). */
const superblockOffset = 1024n
const ext4 = { magicOffset: 0x38, magic: 0xef53, uuidOffset: 0x68, bytes: 0x78 }

/** Reads the UUID via the first entries of the L1 and L2 tables; undefined if there is no known file system. */
async function fileSystemUuid(file: FileHandle, header: Buffer): Promise<string | undefined> {
  const read = async (position: bigint, bytes: number): Promise<Buffer | undefined> => {
    const buffer = Buffer.alloc(bytes)
    const { bytesRead } = await file.read(buffer, 0, bytes, position)
    return bytesRead === bytes ? buffer : undefined
  }
  const follow = async (position: bigint): Promise<bigint> => {
    const entry = (await read(position, 8))?.readBigUInt64BE() ?? 0n
    return (entry & compressed) === 0n ? entry & hostOffset : 0n
  }
  if (header.readUInt32BE(tableEntriesOffset) === 0) return undefined
  const table = await follow(header.readBigUInt64BE(tableOffset))
  const cluster = table === 0n ? 0n : await follow(table)
  const superblock = cluster === 0n ? undefined : await read(cluster + superblockOffset, ext4.bytes)
  if (superblock?.readUInt16LE(ext4.magicOffset) !== ext4.magic) return undefined
  const hex = superblock.toString('hex', ext4.uuidOffset, ext4.uuidOffset + 16)
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
