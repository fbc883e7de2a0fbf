/** A private link with a scripted guest: its functions, and the absence of all others. */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duplex } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { until } from '../../src/host/until.ts'
import { maxGuestDials, PrivateLink } from '../../src/net/private-link.ts'
import { channelNetwork } from '../../src/supervisor/network/channel.ts'
import { parseSegmentFrame } from '../support/net/read-segment.ts'
import { ipv4Frame, type SegmentText, tcpFrame } from '../support/net/segments.ts'
import { Card } from '../vm/fake/card.ts'

const { address, gateway, host } = channelNetwork

/** @param serve called with each connection that the guest's card accepts */
function guestOf(serve: (stream: Duplex) => void = () => {}) {
  const link = new PrivateLink(channelNetwork)
  onTestFinished(() => link[Symbol.asyncDispose]())
  const frames: Uint8Array[] = []
  const prefixed = (frame: Uint8Array): Buffer => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(frame.length)
    return Buffer.concat([length, frame])
  }
  let received = Buffer.alloc(0)
  const wire: Duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      received = Buffer.concat([received, chunk])
      while (received.length >= 4 && received.length >= 4 + received.readUInt32BE(0)) {
        const end = 4 + received.readUInt32BE(0)
        const frame = received.subarray(4, end)
        received = received.subarray(end)
        frames.push(frame)
        card.frame(frame)
      }
      done()
    },
  })
  const send = (frame: Uint8Array): void => void wire.push(prefixed(frame))
  const card = new Card(send, serve)
  link.attach(wire)
  const segments = () => frames.flatMap((frame) => parseSegmentFrame(frame) ?? [])
  const sendTcp = (to: string, port: number, segment: SegmentText, guestPort = 40_000): void =>
    send(tcpFrame(address, to, { guestPort, port }, segment))
  return { link, frames, segments, send, sendTcp }
}

/** With a unix socket of the host whose server holds all connections. */
async function withSocket() {
  const dir = await mkdtemp(join(tmpdir(), 'dt-'))
  const path = join(dir, 'agent')
  const server = createServer((socket) => void socket.on('error', () => {}).resume()).listen(path)
  await once(server, 'listening')
  onTestFinished(async () => {
    server.close()
    await rm(dir, { recursive: true })
  })
  return { ...guestOf(), path }
}

test('the host dials a port of the guest, and data passes in both directions', async () => {
  const { link } = guestOf((stream) => void stream.on('error', () => {}).pipe(stream))
  const stream = (await link.dial(2375)).on('error', () => {})
  stream.write('there and back')
  const [chunk] = (await once(stream, 'data')) as [Buffer]
  expect(chunk.toString()).toBe('there and back')
  // The fake card resets connections that have ended.
  stream.on('error', () => {}).destroy()
})

test('a stream that only reads ends when the guest has lost its state', async () => {
  const { link } = guestOf()
  const stream = await link.dial(2375)
  const failed = once(stream, 'error')
  stream.resume()
  link.endFlows()
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }])
  expect(stream.destroyed).toBe(true)
  expect(link.flows()).toEqual([])
})

test('a guest reaches nothing over a private link: no host, no external address, no DNS, no DHCP', async () => {
  const { frames, segments, send, sendTcp } = guestOf()
  const dhcp = new Uint8Array(8 + 300)
  dhcp.set([0, 68, 0, 67, dhcp.length >> 8, dhcp.length & 255, 0, 0, 1, 1, 6])
  send(ipv4Frame(17, '0.0.0.0', '255.255.255.255', dhcp))
  const others = [
    [gateway, 53],
    [gateway, 2375],
    [host, 7],
    ['198.51.100.1', 443],
  ] as const
  others.forEach(([to, port], i) => {
    sendTcp(to, port, { flags: 'S', seq: 1 }, 41_000 + i)
  })
  await until(async () => segments().length >= others.length, { deadlineMs: 2_000 })
  expect(segments().map(({ flags }) => flags)).toEqual(others.map(() => 'RA'))
  expect(frames.filter((frame) => frame[12] === 8 && frame[23] === 17)).toEqual([])
})

test('a guest reaches a unix socket of the host only on its mapped port', async () => {
  const { link, segments, sendTcp, path } = await withSocket()
  link.setSocket(2379, path)
  sendTcp(host, 2379, { flags: 'S', seq: 1 })
  await until(async () => segments().length === 1, { deadlineMs: 5_000 })
  sendTcp(host, 2380, { flags: 'S', seq: 1 }, 40_001)
  sendTcp(gateway, 2379, { flags: 'S', seq: 1 }, 40_002)
  await until(async () => segments().length === 3, { deadlineMs: 5_000 })
  expect(segments().map(({ flags }) => flags)).toEqual(['SA', 'RA', 'RA'])
})

test('removing a socket resets its connections and refuses new ones', async () => {
  const { link, segments, sendTcp, path } = await withSocket()
  link.setSocket(2379, path)
  sendTcp(host, 2379, { flags: 'S', seq: 1 })
  await until(async () => segments().length === 1, { deadlineMs: 5_000 })
  link.setSocket(2379, undefined)
  sendTcp(host, 2379, { flags: 'S', seq: 1 }, 40_001)
  await until(async () => segments().length === 3, { deadlineMs: 5_000 })
  expect(
    segments()
      .slice(1)
      .every(({ flags }) => flags.includes('R')),
  ).toBe(true)
})

test('connections from the guest to host sockets are limited', async () => {
  const { link, segments, sendTcp, path } = await withSocket()
  link.setSocket(2379, path)
  for (let i = 0; i < maxGuestDials + 8; i += 1) sendTcp(host, 2379, { flags: 'S', seq: 1 }, 40_000 + i)
  await until(async () => segments().length === maxGuestDials + 8, { deadlineMs: 5_000 })
  expect(segments().filter(({ flags }) => flags === 'SA')).toHaveLength(maxGuestDials)
})

test('a socket without a listener refuses the guest', async () => {
  const { link, segments, sendTcp } = guestOf()
  link.setSocket(2379, '/nonexistent/agent')
  sendTcp(host, 2379, { flags: 'S', seq: 1 })
  await until(async () => segments().length === 1, { deadlineMs: 5_000 })
  expect(segments()[0]?.flags).toBe('RA')
})
