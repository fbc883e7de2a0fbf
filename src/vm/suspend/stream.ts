/** Transfers a machine's state between QEMU and a file; QEMU listens or connects on a unix socket. */
import { once } from 'node:events'
import { type FileHandle, open, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { crc32 } from 'node:zlib'
import type { StateSum } from './saved.ts'

/** A stream without data for this long is dead. */
const stallMs = 30_000
const batchBytes = 4 * 2 ** 20
const blockBytes = 2 ** 20

/** `begin` makes QEMU connect; when this resolves, the file with all data is synced to disk. */
export async function receiveState(
  socketPath: string,
  path: string,
  begin: () => Promise<void>,
): Promise<StateSum> {
  await rm(socketPath, { force: true })
  const server = createServer()
  const file = await open(path, 'w', 0o600)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(socketPath, resolve)
    })
    const dialled = once(server, 'connection', { signal: AbortSignal.timeout(stallMs) })
    await Promise.all([begin(), dialled])
    const [socket] = (await dialled) as [Socket]
    const sum = await write(socket, file)
    await file.datasync()
    return sum
  } finally {
    server.close()
    await file.close()
    await rm(socketPath, { force: true })
  }
}

async function write(socket: Socket, file: FileHandle): Promise<StateSum> {
  const sum = { bytes: 0, crc32: 0 }
  let batch: Buffer[] = []
  let batched = 0
  const flush = async (): Promise<void> => {
    await writeAll(file, batch, batched)
    batch = []
    batched = 0
  }
  socket.setTimeout(stallMs, () => socket.destroy(new Error(`QEMU sent nothing for ${stallMs / 1000} s`)))
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    sum.bytes += chunk.length
    sum.crc32 = crc32(chunk, sum.crc32)
    batch.push(chunk)
    batched += chunk.length
    if (batched >= batchBytes) await flush()
  }
  await flush()
  return sum
}

/** On a full disk, a write may be partial without an error; the next write then fails. */
async function writeAll(file: FileHandle, buffers: readonly Buffer[], total: number): Promise<void> {
  if (total === 0) return
  const { bytesWritten } = await file.writev(buffers)
  if (bytesWritten < total) await file.writeFile(Buffer.concat(buffers).subarray(bytesWritten))
}

/** Sends the file to QEMU, which listens; the caller compares checksums. */
export async function feedState(path: string, socket: Socket): Promise<StateSum> {
  const file = await open(path, 'r')
  try {
    const sum = { bytes: 0, crc32: 0 }
    let reading = readBlock(file, 0)
    for (;;) {
      const block = await reading
      if (block.length === 0) break
      sum.bytes += block.length
      reading = readBlock(file, sum.bytes)
      // Read-ahead; its error is handled where it is awaited.
      reading.catch(() => {})
      sum.crc32 = crc32(block, sum.crc32)
      await new Promise<void>((resolve, reject) => {
        socket.write(block, (error) => (error ? reject(error) : resolve()))
      })
    }
    socket.end()
    return sum
  } finally {
    await file.close()
  }
}

async function readBlock(file: FileHandle, position: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(blockBytes)
  const { bytesRead } = await file.read(block, 0, blockBytes, position)
  return block.subarray(0, bytesRead)
}
