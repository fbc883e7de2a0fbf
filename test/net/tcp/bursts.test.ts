import { expect, test } from 'vitest'
import { segmentsPerBatch } from '../../../src/net/link/link-buffers.ts'
import { blockBytes, packetMemory, smallestPieceBytes } from '../../../src/net/storage/packet-memory.ts'
import type { TcpConnection } from '../../../src/net/tcp/connection.ts'
import { tcpDefaults } from '../../../src/net/tcp/context.ts'
import { flow, Lab, network } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'
import { ipv4Frame, type SegmentText, tcpPacket } from '../../support/net/segments.ts'

const mtus = [1500, 9000, 65_520]
/** Whether the link's socket supports gathering. */
const links = [true, false]
const cases = mtus.flatMap((mtu) => links.map((canGather): [number, boolean] => [mtu, canGather]))

/** A pattern that reveals misplaced bytes. */
const patterned = (bytes: number) =>
  Uint8Array.from({ length: bytes }, (_, index) => index * 31 + (index >> 8))

function connection(mtu: number, canGather: boolean): LabConnection {
  const lab = new Lab(mtu)
  lab.canGather = canGather
  const c = new LabConnection(lab, { mss: mtu - 40, windowShift: 7, sackPermitted: true })
  lab.act(({ tcp }) => {
    for (const one of tcp.connections()) one.congestionWindow = 0x3fff_ffff
  })
  return c
}

test.each(cases)(
  'MTU %i, gathering %s: a burst is whole, in order, cut at the MTU, with sound sums',
  (mtu, canGather) => {
    const c = connection(mtu, canGather)
    const sent = patterned(900_001)
    let at = 0
    const got: Uint8Array[] = []
    // The ring wraps: acknowledged bytes make room for new ones.
    for (let turn = 0; turn < 6; turn += 1) {
      const more = sent.subarray(at, at + 150_001)
      c.lab.act((stack) => stack.tcp.hostData(c.host.connection!, more, 0, more.length))
      at += more.length
      const segments = c.take()
      for (const { payload } of segments) expect(payload.length).toBeLessThanOrEqual(mtu - 40)
      got.push(...segments.map(({ payload }) => payload))
      c.send({ flags: 'A', ack: at, window: 65_535 })
      got.push(...c.take().map(({ payload }) => payload))
    }
    expect(Buffer.concat(got).equals(sent.subarray(0, at))).toBe(true)
  },
)

test.each(mtus)('MTU %i: when packet memory is exhausted the same bytes are sent', (mtu) => {
  const all: Uint8Array[] = []
  // Other blocks may be divided already.
  for (let size = blockBytes; size >= smallestPieceBytes; size /= 2)
    for (let piece = packetMemory.take(size); piece; piece = packetMemory.take(size)) all.push(piece)
  try {
    const c = connection(mtu, true)
    const sent = patterned(300_000)
    c.lab.act((stack) => stack.tcp.hostData(c.host.connection!, sent, 0, sent.length))
    expect(c.host.connection!.buffer.isFast).toBe(false)
    expect(Buffer.concat(c.take().map(({ payload }) => payload)).equals(sent)).toBe(true)
  } finally {
    for (const piece of all) packetMemory.give(piece)
  }
})

test('data read directly into the send buffer is sent like copied data', () => {
  const c = connection(1500, true)
  const sent = patterned(100_000)
  c.lab.act(({ tcp }) => {
    const place = tcp.lend(c.host.connection!)!
    place.set(sent)
    tcp.hostRead(c.host.connection!, sent.length)
  })
  expect(Buffer.concat(c.take().map(({ payload }) => payload)).equals(sent)).toBe(true)
})

test('a host that sends more than fits is not read until half of it is acknowledged', () => {
  const c = connection(1500, true)
  const give = () =>
    c.lab.act(({ tcp }) => {
      const place = tcp.lend(c.host.connection!)
      if (place !== undefined) tcp.hostRead(c.host.connection!, place.length)
    })
  for (let i = 0; i < 8 && c.host.isReading; i += 1) give()
  expect(c.host.isReading).toBe(false)
  const { buffer } = c.host.connection!
  expect(buffer.length).toBeLessThanOrEqual(tcpDefaults.sendBytes)
  const held = buffer.length
  c.send({ flags: 'A', ack: held - tcpDefaults.sendBytes / 2 - 50_000, window: 65_535 })
  expect(c.host.isReading).toBe(false)
  c.send({ flags: 'A', ack: held - tcpDefaults.sendBytes / 2 + 50_000, window: 65_535 })
  expect(c.host.isReading).toBe(true)
})

test('with many busy flows each may buffer half as much', () => {
  const first = connection(1500, true)
  /** Bytes read into the send buffer until reading pauses; the guest acknowledges none. */
  const buffered = ({ lab, host }: LabConnection) => {
    for (let i = 0; i < 16 && host.isReading; i += 1) {
      lab.act(({ tcp }) => {
        const place = tcp.lend(host.connection!)
        if (place !== undefined) tcp.hostRead(host.connection!, place.length)
      })
    }
    expect(host.isReading).toBe(false)
    return host.connection!.buffer.length
  }
  const { sendBytes, totalSendBytes } = tcpDefaults
  const alone = buffered(first)
  expect(alone).toBeGreaterThan(sendBytes / 2)
  expect(alone).toBeLessThanOrEqual(sendBytes)
  const others = Array.from({ length: totalSendBytes / 8 / sendBytes }, (_, i) => {
    const other = new LabConnection(first.lab, undefined, { guestPort: flow.guestPort + 1 + i })
    other.hostSends('x'.repeat(sendBytes))
    return other
  })
  expect(others).not.toEqual([])
  const last = buffered(new LabConnection(first.lab, undefined, { guestPort: flow.guestPort - 1 }))
  expect(last).toBeLessThanOrEqual(sendBytes / 2)
})

test.each([1500, 9000, 65_520])('at MTU %i, a read is of whole segments that fit one batch', (mtu) => {
  const c = connection(mtu, true)
  c.lab.act(({ tcp }) => {
    const place = tcp.lend(c.host.connection!)!
    const { maxSegmentBytes } = c.host.connection!
    expect(place.length % maxSegmentBytes).toBe(0)
    expect(place.length / maxSegmentBytes).toBe(segmentsPerBatch(mtu, maxSegmentBytes))
    tcp.hostRead(c.host.connection!, 0)
  })
})

test('a read that reaches the end of the ring continues at its start', () => {
  const c = connection(65_520, true)
  const { connection: busy } = c.host
  const full = segmentsPerBatch(65_520, busy!.maxSegmentBytes) * busy!.maxSegmentBytes
  let second: number | undefined
  for (let i = 0; i < 8 && second === undefined; i += 1) {
    let read = 0
    c.lab.act(({ tcp }) => {
      const place = tcp.lend(busy!)!
      second = tcp.lendMore(busy!)?.length
      read = place.length + (second ?? 0)
      tcp.hostRead(busy!, read)
    })
    expect(read).toBe(full)
    // Not all: an empty ring begins anew.
    c.send({ flags: 'A', ack: (i + 1) * full - 100, window: 65_535 })
  }
  expect(second).toBeGreaterThan(0)
})

test('a link sends its bytes of a ring before the ring is reused', () => {
  const c = connection(65_520, true)
  const sent = patterned(65_480)
  const { stack } = c.lab
  stack.nowMs = c.lab.nowMs
  stack.tcp.hostData(c.host.connection!, sent, 0, sent.length)
  stack.tcp.endBurst()
  expect(c.lab.frames).toEqual([])
  stack.tcp.abortAll(() => true)
  stack.burstEnded()
  expect(Buffer.from(c.take()[0]!.payload).equals(sent)).toBe(true)
})

test('a run in several pieces is written to the host in one call, if it supports pieces', () => {
  const c = connection(65_520, true)
  const calls: number[][] = []
  const whole: number[] = []
  Object.assign(c.host, {
    writePieces: (bytes: Uint8Array, edges: Int32Array, pieces: number) => {
      calls.push([...edges.subarray(0, 2 * pieces)])
      for (let i = 0; i < pieces; i += 1) whole.push(...bytes.subarray(edges[2 * i]!, edges[2 * i + 1]!))
    },
  })
  const sent = patterned(30_000)
  const part = (index: number) => ({
    flags: 'A',
    seq: index * 10_000,
    ack: 0,
    payload: sent.slice(index * 10_000, (index + 1) * 10_000),
  })
  c.send(part(0), part(1), part(2))
  expect(calls.map((edges) => edges.length)).toEqual([6])
  expect(Buffer.from(whole).equals(sent)).toBe(true)
})

test('flows that wait for a link with room for one batch all get their turn', () => {
  const lab = new Lab(1500)
  const flows = [1, 2, 3].map((guestPort) => openedFlow(lab, guestPort))
  const batches: number[] = []
  lab.send = (batch, bytes, inserts) => {
    lab.queuedBytes = 1
    batches.push(new DataView(batch.bytes.buffer, batch.bytes.byteOffset).getUint16(4 + 36))
    expect(inserts.count).toBe(0)
    expect(bytes).toBeGreaterThan(0)
    return batch
  }
  lab.act(({ tcp }) => {
    for (const c of flows) tcp.hostData(c, new Uint8Array(1_000_000), 0, 1_000_000)
  })
  for (let i = 0; i < 6; i += 1) {
    lab.queuedBytes = 0
    lab.act((stack) => stack.linkDrained())
  }
  expect(new Set(batches.slice(0, 6))).toEqual(new Set([1, 2, 3]))
})

function openedFlow(lab: Lab, guestPort: number): TcpConnection {
  const send = (segment: SegmentText) => {
    const packet = tcpPacket(network.address, flow.address, { ...flow, guestPort }, segment)
    lab.arrive(ipv4Frame(6, network.address, flow.address, packet))
  }
  send({ flags: 'S', seq: -1, mss: 1460, windowShift: 7, sackPermitted: true })
  const connection = lab.dials.at(-1)!.connection!
  lab.takeFrames()
  lab.act(({ tcp }) => tcp.hostConnected(connection))
  const [synAck] = lab.takeSegments()
  send({ flags: 'A', seq: 0, ack: synAck!.seq + 1, window: 65_535 })
  connection.congestionWindow = 0x3fff_ffff
  return connection
}
