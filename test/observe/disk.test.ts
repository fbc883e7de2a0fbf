import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDisk } from '../../src/observe/disk.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-disk-'))
})
afterAll(() => rm(dir, { recursive: true }))

/** The first fields of a qcow2 header of version 3. */
function header(virtualBytes: bigint): Buffer {
  const bytes = Buffer.alloc(104)
  bytes.writeUInt32BE(0x514649fb, 0)
  bytes.writeUInt32BE(3, 4)
  bytes.writeBigUInt64BE(virtualBytes, 24)
  return bytes
}

test('the virtual size is the one in the qcow2 header', async () => {
  const path = join(dir, 'good.qcow2')
  await writeFile(path, header(20n * 2n ** 30n))
  expect(await readDisk(path)).toMatchObject({ state: 'present', value: { virtualBytes: 20 * 2 ** 30 } })
})

test('a truncated disk is unknown, so that it is never replaced', async () => {
  const path = join(dir, 'short.qcow2')
  await writeFile(path, header(1n).subarray(0, 20))
  expect((await readDisk(path)).state).toBe('unknown')
})

test('a disk that ends before its own tables is unknown', async () => {
  const path = join(dir, 'cut.qcow2')
  const bytes = header(20n * 2n ** 30n)
  bytes.writeUInt32BE(40, 36)
  bytes.writeBigUInt64BE(196_608n, 40)
  await writeFile(path, Buffer.concat([bytes, Buffer.alloc(100_000)]))
  expect(await readDisk(path)).toMatchObject({ state: 'unknown', reason: expect.stringContaining('cut off') })
  await writeFile(path, Buffer.concat([bytes, Buffer.alloc(196_608 + 40 * 8 - bytes.length)]))
  expect((await readDisk(path)).state).toBe('present')
})

test('a file that is not qcow2 is unknown, so that it is never replaced', async () => {
  const path = join(dir, 'other.qcow2')
  await writeFile(path, Buffer.alloc(4096, 1))
  expect((await readDisk(path)).state).toBe('unknown')
})

test('only ENOENT means that there is no file', async () => {
  await expect(readDisk(join(dir, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(readDisk(dir)).rejects.toMatchObject({ code: 'EISDIR' })
})

test('the UUID of the file system on the disk is found by way of both tables', async () => {
  const path = join(dir, 'ext4.qcow2')
  const cluster = 65_536
  const bytes = Buffer.alloc(6 * cluster)
  header(20n * 2n ** 30n).copy(bytes)
  bytes.writeUInt32BE(1, 36)
  bytes.writeBigUInt64BE(BigInt(cluster), 40)
  bytes.writeBigUInt64BE((1n << 63n) | BigInt(2 * cluster), cluster)
  bytes.writeBigUInt64BE((1n << 63n) | BigInt(4 * cluster), 2 * cluster)
  await writeFile(path, bytes)
  expect(await readDisk(path)).not.toHaveProperty('value.uuid')
  bytes.writeUInt16LE(0xef53, 4 * cluster + 1024 + 0x38)
  bytes.write('0123456789abcdef0123456789abcdef', 4 * cluster + 1024 + 0x68, 'hex')
  await writeFile(path, bytes)
  expect(await readDisk(path)).toMatchObject({ value: { uuid: '01234567-89ab-cdef-0123-456789abcdef' } })
  // Compressed clusters are never where a file system that is written to begins.
  bytes.writeBigUInt64BE((1n << 62n) | BigInt(4 * cluster), 2 * cluster)
  await writeFile(path, bytes)
  expect(await readDisk(path)).not.toHaveProperty('value.uuid')
})
