import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Duplex, duplexPair } from 'node:stream'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EventLoop } from '../../../../src/net/host/event-loop.ts'
import { attachLink } from '../../../../src/net/host/links/link-socket.ts'
import type { Link } from '../../../../src/net/link/link.ts'
import { blockBytes, packetMemory } from '../../../../src/net/storage/packet-memory.ts'
import { etherType } from '../../../../src/net/wire/ethernet.ts'
import { Lab } from '../../../support/net/lab.ts'

let dir: string
let server: Server
let accepted: Promise<Socket>

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'link-socket-'))
  server = createServer()
  server.listen(join(dir, 'link.sock'))
  await once(server, 'listening')
})

afterAll(() => {
  server.close()
  rmSync(dir, { recursive: true })
})

async function socketPair(): Promise<[Socket, Socket]> {
  accepted = once(server, 'connection').then(([socket]) => socket as Socket)
  const guest = connect(join(dir, 'link.sock'))
  return [await accepted, guest]
}

function attach(stream: Duplex) {
  const loop = new EventLoop(new Lab(65_520).stack)
  const handle = attachLink(loop, stream, 'u32-be')
  return { loop, handle, link: [...loop.stack.links.links].at(-1)! }
}

const headerBytes = 54

/** Sends frames with inserted payloads, each filled with its number, and then overwrites their memory. */
function sendFrames(link: Link, frames: number, payloadBytes: number): void {
  const piece = packetMemory.take(blockBytes)!
  for (let i = 0; i < frames; i += 1) {
    const place = (i % 8) * 128 * 1024
    // Send the frames before their memory is reused.
    if (place === 0) link.flush()
    const at = link.reserve(headerBytes + payloadBytes)
    expect(at).toBeGreaterThan(0)
    piece.fill(i, place, place + payloadBytes)
    link.batch.bytes.fill(i, at, at + headerBytes)
    if (link.canGather) {
      link.commitHeaders(headerBytes, headerBytes + payloadBytes)
      link.insert(piece.byteOffset + place, payloadBytes - 1000)
      link.insert(piece.byteOffset + place + payloadBytes - 1000, 1000)
    } else {
      link.batch.bytes.fill(i, at + headerBytes, at + headerBytes + payloadBytes)
      link.commit(headerBytes + payloadBytes)
    }
  }
  link.flush()
  piece.fill(0xee)
  packetMemory.give(piece)
}

/** Reads until this many of our frames have arrived; skips the stack's own IPv6 frames. */
async function expectFrames(guest: Duplex, frames: number, payloadBytes: number): Promise<void> {
  const got: Buffer[] = []
  let rest = Buffer.alloc(0)
  for await (const chunk of guest) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE()) {
      const frame = rest.subarray(4, 4 + rest.readUInt32BE())
      rest = rest.subarray(4 + frame.length)
      if (frame.readUInt16BE(12) !== etherType.ipv6) got.push(frame)
    }
    if (got.length >= frames) break
  }
  expect([got.length, rest.length]).toEqual([frames, 0])
  for (const [i, frame] of got.entries())
    expect(frame.equals(Buffer.alloc(headerBytes + payloadBytes, i))).toBe(true)
}

/** Number of free blocks of packet memory. */
function freeBlocks(): number {
  const all: Uint8Array[] = []
  for (let block = packetMemory.take(blockBytes); block; block = packetMemory.take(blockBytes))
    all.push(block)
  for (const block of all.toReversed()) packetMemory.give(block)
  return all.length
}

test('the rest of a gathered batch that the kernel does not accept follows, even from the middle of a frame', async () => {
  const [stream, guest] = await socketPair()
  const { handle, link } = attach(stream)
  expect(link.canGather).toBe(true)
  guest.pause()
  sendFrames(link, 150, 65_000)
  // More than the socket buffer can hold: the rest is queued in the stream.
  expect(link.isBlocked).toBe(true)
  await expectFrames(guest, 150, 65_000)
  guest.destroy()
  await handle.closed
})

test('a stream without a descriptor sends the same bytes', async () => {
  const [stream, guest] = duplexPair({ highWaterMark: 1024 })
  const { handle, link } = attach(stream)
  expect(link.canGather).toBe(false)
  sendFrames(link, 20, 60_000)
  await expectFrames(guest, 20, 60_000)
  stream.destroy()
  await handle.closed
})

test('during a capture nothing is gathered, because it needs whole frames', async () => {
  const [stream, guest] = await socketPair()
  const { loop, handle, link } = attach(stream)
  const seen: number[] = []
  const capture = { frame: (bytes: Uint8Array) => seen.push(bytes.length) }
  loop.captures.add(capture as never)
  expect(link.canGather).toBe(false)
  sendFrames(link, 2, 5000)
  await expectFrames(guest, 2, 5000)
  expect(seen.slice(-2)).toEqual([5054, 5054])
  guest.destroy()
  await handle.closed
})

test('a link that closes in the middle of a batch closes alone and releases its memory', async () => {
  const pair = await socketPair()
  const before = freeBlocks()
  for (const [stream, guest] of [pair, await socketPair()]) {
    const { handle, link } = attach(stream)
    guest.pause()
    sendFrames(link, 40, 65_000)
    guest.destroy()
    sendFrames(link, 4, 65_000)
    expect(await handle.closed).toMatch(/^$|EPIPE|ECONNRESET|undefined/)
    expect(link.isUp).toBe(false)
  }
  await expect.poll(freeBlocks).toBeGreaterThanOrEqual(before - 8)
})
