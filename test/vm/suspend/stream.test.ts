/** A machine's state through sockets: it is read back unchanged, and a broken stream is an error. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { feedState, receiveState } from '../../../src/vm/suspend/stream.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'desktop-stream-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** What a listener gets, whole. */
async function taken(give: (socket: Socket) => Promise<unknown>): Promise<{ bytes: Buffer; given: unknown }> {
  const path = join(dir, 'listen.sock')
  await rm(path, { force: true })
  const arrived = Promise.withResolvers<Buffer>()
  const server = createServer(async (socket) => {
    const chunks: Buffer[] = []
    for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk)
    arrived.resolve(Buffer.concat(chunks))
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const socket = connect(path)
  const given = await give(socket)
  const bytes = await arrived.promise
  server.close()
  return { bytes, given }
}

test('a state of any length comes back whole, with the sum that it was written with', async () => {
  const state = join(dir, 'state')
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 9 * 2 ** 20 }),
      fc.integer({ min: 1, max: 255 }),
      async (length, seed) => {
        const sent = Buffer.alloc(length, Buffer.from([seed, 0, 7, seed ^ 0x55, 3]))
        const written = await receiveState(join(dir, 'in.sock'), state, async () => {
          connect(join(dir, 'in.sock')).end(sent)
        })
        expect(written.bytes).toBe(length)
        expect((await readFile(state)).equals(sent)).toBe(true)
        const { bytes, given } = await taken((socket) => feedState(state, socket))
        expect(given).toEqual(written)
        expect(bytes.equals(sent)).toBe(true)
      },
    ),
    { numRuns: 12 },
  )
})

test('one byte that is not as it was makes another sum, and a cut one another length', async () => {
  const state = join(dir, 'damaged')
  const sent = Buffer.alloc(3_000_000, 'machine ')
  const written = await receiveState(join(dir, 'in.sock'), state, async () => {
    connect(join(dir, 'in.sock')).end(sent)
  })
  const damaged = Buffer.from(sent)
  damaged[1_234_567] = (damaged[1_234_567] ?? 0) ^ 1
  await writeFile(state, damaged)
  const flipped = await taken((socket) => feedState(state, socket))
  expect(flipped.given).toMatchObject({ bytes: written.bytes })
  expect(flipped.given).not.toEqual(written)
  await writeFile(state, sent.subarray(0, 2_000_000))
  expect((await taken((socket) => feedState(state, socket))).given).toMatchObject({ bytes: 2_000_000 })
})

test('when QEMU cannot begin, the error says so, and no socket is left', async () => {
  const socket = join(dir, 'refused.sock')
  const refused = receiveState(socket, join(dir, 'refused'), async () => {
    throw new Error('no migration now')
  })
  await expect(refused).rejects.toThrow('no migration now')
  await expect(readFile(socket)).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a disk that is full ends the saving with its error', async () => {
  const full = receiveState(join(dir, 'full.sock'), '/dev/full', async () => {
    connect(join(dir, 'full.sock')).end(Buffer.alloc(100_000))
  })
  await expect(full).rejects.toMatchObject({ code: 'ENOSPC' })
})

test('a QEMU that stops reading in the middle is an error, not a hang', async () => {
  const state = join(dir, 'large')
  await writeFile(state, Buffer.alloc(30_000_000))
  const path = join(dir, 'deaf.sock')
  const server = createServer((socket) => socket.once('data', () => socket.destroy()))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const socket = connect(path).on('error', () => {})
  await expect(feedState(state, socket)).rejects.toThrow()
  server.close()
})
