import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { HostStream } from '../../../../src/net/core/host-stream.ts'
import { EventLoop } from '../../../../src/net/host/event-loop.ts'
import type { AnySocketAddress } from '../../../../src/net/host/sockaddr.ts'
import { DirectStream } from '../../../../src/net/host/tcp/direct-stream.ts'
import { dialHost } from '../../../../src/net/host/tcp/node-socket.ts'
import { blockBytes, packetMemory } from '../../../../src/net/storage/packet-memory.ts'
import type { TcpConnection } from '../../../../src/net/tcp/connection.ts'
import { PacketBuffer } from '../../../../src/net/wire/packet.ts'
import { flow, Lab, network } from '../../../support/net/lab.ts'
import { ipv4Frame, type SegmentText, tcpPacket } from '../../../support/net/segments.ts'

let dir: string
let server: Server
let hosts: Promise<Socket>

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tcp-socket-'))
  server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  server.listen(join(dir, 'host.sock'))
  await once(server, 'listening')
  hosts = once(server, 'connection').then(([socket]) => socket as Socket)
})

afterEach(() => {
  server.close()
  rmSync(dir, { recursive: true })
})

type Kind = 'direct' | 'node'
const kinds: readonly Kind[] = ['direct', 'node']

/** struct sockaddr_un. */
function unixName(path: string): AnySocketAddress {
  const bytes = Buffer.from(`\u0001\0${path}\0`)
  return { family: 1, bytes, length: bytes.length }
}

class DiallingLab extends Lab {
  loop!: EventLoop
  kind: Kind = 'direct'

  override dialTcp(connection: TcpConnection): HostStream {
    const path = join(dir, 'host.sock')
    if (this.kind === 'node') return dialHost(this.loop, connection, { path })
    return DirectStream.dial(this.loop, connection, [unixName(path)])
  }
}

/** A scripted guest with a connection to the server. */
class Guest {
  readonly lab = new DiallingLab(65_520)
  readonly #loop = new EventLoop(this.lab.stack)
  isn = 0

  constructor(kind: Kind) {
    this.lab.kind = kind
  }

  async open(): Promise<Socket> {
    this.lab.loop = this.#loop
    this.arrive({ flags: 'S', seq: -1, mss: 65_480, windowShift: 7, sackPermitted: true })
    const host = await hosts
    await expect.poll(() => this.lab.frames.length).toBe(1)
    this.isn = this.lab.takeSegments()[0]!.seq
    this.arrive({ flags: 'A', seq: 0, ack: 0, window: 65_535 })
    return host
  }

  /** Passes segments in one read of a link, with or without packet memory as its buffer. */
  arrive(...segments: SegmentText[]): void {
    this.arriveIn(packetMemory.takeBuffer(1024 * 1024), ...segments)
  }

  arriveIn(packet: PacketBuffer, ...segments: SegmentText[]): void {
    const { stack, link } = this.lab
    this.#loop.begin()
    stack.from = link
    let at = 0
    for (const segment of segments) {
      const ack = segment.ack === undefined ? {} : { ack: (this.isn + 1 + segment.ack) | 0 }
      const whole = { ...segment, ...ack, seq: (segment.seq ?? 0) + 1000 }
      const bytes = tcpPacket(network.address, flow.address, flow, whole)
      const frame = ipv4Frame(6, network.address, flow.address, bytes)
      packet.bytes.set(frame, at)
      stack.frame(packet, at, at + frame.length)
      at += frame.length
    }
    this.#loop.end()
    packetMemory.give(packet.bytes)
  }
}

const patterned = (bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, index) => index * 31 + (index >> 8))

/** Receives and acknowledges data from the host. */
async function receive(guest: Guest, bytes: number, from = 0): Promise<Buffer> {
  const got: Uint8Array[] = []
  let at = from
  const read = () => {
    const segments = guest.lab.takeSegments()
    for (const { payload } of segments) {
      got.push(payload)
      at += payload.length
    }
    if (segments.length > 0) guest.arrive({ flags: 'A', seq: 0, ack: at, window: 65_535 })
    return at - from
  }
  await expect.poll(read, { interval: 2, timeout: 30_000 }).toBe(bytes)
  return Buffer.concat(got)
}

describe.each(kinds)('a %s socket', (kind) => {
  test.each([
    ['packet memory', () => packetMemory.takeBuffer(1024 * 1024)],
    ['ordinary memory', () => new PacketBuffer(new Uint8Array(1024 * 1024))],
  ])(
    'what a host that does not read leaves over of a burst from %s comes later, whole, and then the end',
    async (_, buffer) => {
      const guest = new Guest(kind)
      const host = await guest.open()
      const sent = patterned(480_000)
      const segments = Array.from({ length: 8 }, (_, i) => ({
        flags: i === 7 ? 'FA' : 'A',
        seq: i * 60_000,
        ack: 0,
        payload: sent.slice(i * 60_000, (i + 1) * 60_000),
      }))
      guest.arriveIn(buffer(), ...segments.slice(0, 6))
      guest.arriveIn(buffer(), ...segments.slice(6))
      const [connection] = guest.lab.stack.tcp.connections()
      expect(connection!.host!.queuedBytes).toBeGreaterThan(0)
      const chunks: Buffer[] = []
      for await (const chunk of host.resume()) chunks.push(chunk)
      expect(Buffer.concat(chunks).equals(sent)).toBe(true)
      expect(guest.lab.takeSegments().at(-1)!.ack).toBe(1000 + sent.length + 1)
      host.destroy()
    },
  )

  test('a busy host is read into the send buffer, and all data reaches a guest that acknowledges slowly', async () => {
    const guest = new Guest(kind)
    const host = await guest.open()
    const sent = patterned(6_000_000)
    host.end(sent)
    const [connection] = guest.lab.stack.tcp.connections()
    let lent = 0
    const { tcp } = guest.lab.stack
    const hostRead = tcp.hostRead.bind(tcp)
    tcp.hostRead = (c, count) => {
      lent += count
      hostRead(c, count)
    }
    const got: Uint8Array[] = []
    let bytes = 0
    await expect
      .poll(
        () => {
          const segments = guest.lab.takeSegments()
          for (const { payload } of segments) {
            got.push(payload)
            bytes += payload.length
          }
          if (segments.length > 0) guest.arrive({ flags: 'A', seq: 0, ack: bytes, window: 65_535 })
          return bytes
        },
        { interval: 2, timeout: 30_000 },
      )
      .toBe(sent.length)
    expect(Buffer.concat(got).equals(sent)).toBe(true)
    expect(lent).toBeGreaterThan(sent.length / 4)
    guest.arrive({ flags: 'RA', seq: 0, ack: bytes + 1 })
    expect(connection!.buffer.length).toBe(0)
    await expect.poll(() => tcp.bufferedBytes).toBe(0)
    host.destroy()
  })

  test('a flow that becomes idle returns its region, and continues when it is busy again', async () => {
    const guest = new Guest(kind)
    const host = await guest.open()
    const sent = patterned(1_000_000)
    const { tcp } = guest.lab.stack
    const { lentPlaces } = guest.lab.loop
    const ends = vi.spyOn(tcp, 'lend')
    host.write(sent)
    expect((await receive(guest, sent.length)).equals(sent)).toBe(true)
    expect(ends).toHaveBeenCalled()
    // The size of the last read is random, so a region may be lent now.
    for (let i = 0; i < 2; i += 1) for (const place of lentPlaces) place.reclaimIfIdle()
    expect([lentPlaces.size, tcp.bufferedBytes]).toEqual([0, 0])
    host.write(sent)
    expect((await receive(guest, sent.length, sent.length)).equals(sent)).toBe(true)
    guest.arrive({ flags: 'RA', seq: 0, ack: 2 * sent.length })
    host.destroy()
    await expect.poll(() => [lentPlaces.size, tcp.bufferedBytes]).toEqual([0, 0])
  })

  test('data queued for a host that is reset releases its memory', async () => {
    const guest = new Guest(kind)
    const host = await guest.open()
    const before = freeBlocks()
    const payload = patterned(60_000)
    const segments = Array.from({ length: 8 }, (_, i) => ({ flags: 'A', seq: i * 60_000, ack: 0, payload }))
    guest.arrive(...segments)
    expect(freeBlocks()).toBeLessThan(before)
    host.destroy()
    await expect.poll(freeBlocks).toBeGreaterThanOrEqual(before)
  })
})

function freeBlocks(): number {
  const all: Uint8Array[] = []
  for (let block = packetMemory.take(blockBytes); block; block = packetMemory.take(blockBytes))
    all.push(block)
  for (const block of all.toReversed()) packetMemory.give(block)
  return all.length
}
