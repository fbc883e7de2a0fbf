import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { HostStream } from '../../../../src/net/core/host-stream.ts'
import { EventLoop } from '../../../../src/net/host/event-loop.ts'
import { SocketAddress } from '../../../../src/net/host/sockaddr.ts'
import { tcpSockets } from '../../../../src/net/host/tcp/open-sockets.ts'
import { ipv4First, ipv6First } from '../../../../src/net/host/tcp/sockets.ts'
import type { TcpConnection } from '../../../../src/net/tcp/connection.ts'
import { freePorts } from '../../../support/free-ports.ts'
import { withoutDescriptors } from '../../../support/net/descriptor-limit.ts'
import { flow, Lab, network } from '../../../support/net/lab.ts'
import { type SegmentText, type TextSegment, tcpFrame } from '../../../support/net/segments.ts'

let server: Server
let sockets: Socket[]

beforeEach(() => {
  sockets = []
  server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
    socket.on('error', () => {})
    sockets.push(socket)
  })
})

afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server.close()
})

async function listen(host: string): Promise<number> {
  server.listen(0, host)
  await once(server, 'listening')
  return (server.address() as { port: number }).port
}

class DiallingLab extends Lab {
  loop!: EventLoop
  dialled: ((loop: EventLoop, connection: TcpConnection) => HostStream) | undefined

  override dialTcp(connection: TcpConnection): HostStream {
    return this.dialled!(this.loop, connection)
  }
}

/** A scripted guest; sequence numbers are relative to each side's first. */
class Guest implements Disposable {
  readonly lab = new DiallingLab()
  readonly loop = new EventLoop(this.lab.stack)
  readonly seen: TextSegment[] = []
  isn = 0

  constructor(kind: 'direct' | 'node', dialled: (loop: EventLoop, connection: TcpConnection) => HostStream) {
    this.lab.loop = this.loop
    this.lab.dialled = dialled
    if (kind === 'direct') return
    this.loop.readiness?.[Symbol.dispose]()
    Object.defineProperty(this.loop, 'readiness', { value: undefined })
  }

  send(segment: SegmentText): void {
    const ack = segment.ack === undefined ? {} : { ack: (this.isn + 1 + segment.ack) | 0 }
    const whole = { window: 65_535, ...segment, ...ack, seq: (segment.seq ?? 0) + 1000 }
    this.loop.begin()
    this.lab.arrive(tcpFrame(network.address, flow.address, flow, whole))
    this.loop.end()
  }

  syn(): void {
    this.send({ flags: 'S', seq: -1, mss: 1460, windowShift: 7 })
  }

  async open(): Promise<Socket> {
    this.syn()
    this.isn = (await this.segment('S')).seq
    this.send({ flags: 'A', seq: 0, ack: 0 })
    await expect.poll(() => sockets.length).toBe(1)
    return sockets[0]!
  }

  /** Waits for a segment with that flag. */
  async segment(flag: string): Promise<TextSegment> {
    const look = () => {
      this.seen.push(...this.lab.takeSegments())
      return this.seen.some(({ flags }) => flags.includes(flag))
    }
    await expect.poll(look, { timeout: 10_000 }).toBe(true)
    return this.seen.find(({ flags }) => flags.includes(flag))!
  }

  /** Text received from the host. */
  get text(): string {
    return this.seen.map(({ payload }) => new TextDecoder().decode(payload)).join('')
  }

  get flows(): number {
    return [...this.lab.stack.tcp.connections()].length
  }

  [Symbol.dispose](): void {
    this.loop.begin().tcp.abortAll(() => true)
    this.loop.end()
    this.loop.close()
  }
}

const to = (address: string, port: number) => (loop: EventLoop, connection: TcpConnection) =>
  tcpSockets(loop).dial(connection, SocketAddress.from(address, port)!)

const descriptors = () => readdirSync('/proc/self/fd').length
const text = (socket: Socket) => `${socket.read() ?? ''}`

describe.each(['direct', 'node'] as const)('a %s socket', (kind) => {
  test.each(['127.0.0.1', '::1'])(
    'a server at %s gets the bytes of the guest, and the guest those of the server',
    async (address) => {
      using guest = new Guest(kind, to(address, await listen(address)))
      const host = await guest.open()
      guest.send({ flags: 'PA', seq: 0, ack: 0, payload: 'from the guest' })
      await once(host, 'readable')
      expect(text(host)).toBe('from the guest')
      host.write('from the host')
      await guest.segment('P')
      expect(guest.text).toBe('from the host')
    },
  )

  test('a busy server is read whole and in order, wherever the send buffer wraps', async () => {
    using guest = new Guest(kind, to('127.0.0.1', await listen('127.0.0.1')))
    const host = await guest.open()
    const sent = Buffer.from(Uint8Array.from({ length: 9_000_001 }, (_, i) => i * 31 + (i >> 8)))
    host.write(sent)
    const got = Buffer.alloc(sent.length)
    let count = 0
    const advance = () => {
      for (const { seq, payload } of guest.lab.takeSegments()) {
        const offset = (seq - guest.isn - 1) | 0
        got.set(payload, offset)
        count = Math.max(count, offset + payload.length)
      }
      // Some bytes remain unacknowledged, because an empty buffer begins anew.
      guest.send({ flags: 'A', seq: 0, ack: count === sent.length ? count : Math.max(0, count - 100) })
      return count
    }
    await expect.poll(advance, { timeout: 20_000, interval: 1 }).toBe(sent.length)
    expect(got.equals(sent)).toBe(true)
  })

  test('the guest closes first, the host later, and no descriptor leaks', async () => {
    const port = await listen('127.0.0.1')
    using guest = new Guest(kind, to('127.0.0.1', port))
    const before = descriptors()
    const host = await guest.open()
    guest.send({ flags: 'FA', seq: 0, ack: 0 })
    await once(host.resume(), 'end')
    host.end('after the end')
    await guest.segment('F')
    expect(guest.text).toBe('after the end')
    guest.send({ flags: 'A', seq: 1, ack: 14 })
    await expect.poll(() => guest.flows).toBe(0)
    await expect.poll(descriptors).toBe(before)
  })

  test('the host closes first, the guest later, and no descriptor leaks', async () => {
    const port = await listen('127.0.0.1')
    using guest = new Guest(kind, to('127.0.0.1', port))
    const before = descriptors()
    const host = await guest.open()
    host.end()
    await guest.segment('F')
    guest.send({ flags: 'PA', seq: 0, ack: 1, payload: 'after the end' })
    await once(host, 'readable')
    expect(text(host)).toBe('after the end')
    guest.send({ flags: 'FA', seq: 13, ack: 1 })
    await once(host.resume(), 'close')
    await expect.poll(descriptors).toBe(before)
  })

  test('a reset by the guest resets the host', async () => {
    using guest = new Guest(kind, to('127.0.0.1', await listen('127.0.0.1')))
    const host = await guest.open()
    const failed = once(host.resume(), 'error')
    guest.send({ flags: 'RA', seq: 0, ack: 0 })
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }])
    expect(guest.flows).toBe(0)
  })

  test('a reset by the host resets the guest, even while it sends', async () => {
    using guest = new Guest(kind, to('127.0.0.1', await listen('127.0.0.1')))
    const before = descriptors()
    const host = await guest.open()
    host.resetAndDestroy()
    guest.send({ flags: 'PA', seq: 0, ack: 0, payload: 'too late' })
    await guest.segment('R')
    expect(guest.flows).toBe(0)
    await expect.poll(descriptors).toBe(before)
  })

  test('a port without a listener resets the guest, and leaks no descriptor', async () => {
    const port = await listen('127.0.0.1')
    server.close()
    using guest = new Guest(kind, to('127.0.0.1', port))
    const before = descriptors()
    guest.syn()
    expect((await guest.segment('R')).ack).toBe(1000)
    expect([guest.flows, guest.lab.stack.tcp.counters.dialsRefused]).toEqual([0, 1])
    await expect.poll(descriptors).toBe(before)
  })

  test('a dial that the system forbids is reported by ICMP', async () => {
    // A broadcast address: connect(2) fails with EACCES.
    using guest = new Guest(kind, to('255.255.255.255', 9))
    guest.syn()
    await expect.poll(() => guest.lab.frames.length).toBeGreaterThan(0)
    const [frame] = guest.lab.takeFrames()
    // ICMP destination unreachable.
    expect([frame![23], frame![34]]).toEqual([1, 3])
    expect([guest.flows, guest.lab.stack.tcp.counters.dialsUnreachable]).toEqual([0, 1])
  })

  test.each([
    ['::1', ipv6First],
    ['127.0.0.1', ipv6First],
    ['::1', ipv4First],
    ['127.0.0.1', ipv4First],
  ])('a service that listens at %s only is found, tried in the order %s', async (address, order) => {
    const port = await listen(address)
    using guest = new Guest(kind, (loop, connection) =>
      tcpSockets(loop).dialLoopbacks(connection, port, order),
    )
    const host = await guest.open()
    expect(host.localAddress).toBe(address)
  })

  test('a port that neither loopback has is refused, also where the other address fails otherwise', async () => {
    const [port = 0] = await freePorts(1)
    // connect(2) to a broadcast address is forbidden.
    for (const second of ['::1', '255.255.255.255']) {
      using guest = new Guest(kind, (loop, connection) =>
        tcpSockets(loop).dialLoopbacks(connection, port, ['127.0.0.1', second]),
      )
      guest.syn()
      expect((await guest.segment('R')).ack, second).toBe(1000)
    }
  })

  test('without free descriptors a dial is counted and not answered; the next SYN is, once there is one', async () => {
    using guest = new Guest(kind, to('127.0.0.1', await listen('127.0.0.1')))
    const { counters } = guest.lab.stack.tcp
    await withoutDescriptors(async () => {
      guest.syn()
      await expect.poll(() => counters.dialsUnreachable).toBe(1)
    })
    expect([guest.flows, guest.lab.takeFrames()]).toEqual([0, []])
    await guest.open()
  })

  test('a guest that gives up during its dial leaves no state', async () => {
    using guest = new Guest(kind, to('127.0.0.1', await listen('127.0.0.1')))
    const before = descriptors()
    guest.syn()
    guest.loop.begin().tcp.abortAll(() => true)
    guest.loop.end()
    await expect.poll(() => descriptors() - sockets.length).toBe(before)
    expect(guest.flows).toBe(0)
  })
})
