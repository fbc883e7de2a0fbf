/**
 * A million mutated frames through everything except external sockets: a link on a unix socket, the stack with
 * both families, and gateway services. CI runs fewer. All frames: DESKTOP_FUZZ_FRAMES=1000000; another seed:
 * DESKTOP_FUZZ_SEED.
 */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import type { HostDatagram } from '../../src/net/core/host-datagram.ts'
import type { HostStream } from '../../src/net/core/host-stream.ts'
import { linkAddresses } from '../../src/net/core/settings.ts'
import { Egress } from '../../src/net/egress/egress.ts'
import { defaultDns } from '../../src/net/forwarder-settings.ts'
import { clockMs } from '../../src/net/host/event-loop.ts'
import { HostSide } from '../../src/net/host/host-side.ts'
import { attachLink } from '../../src/net/host/links/link-socket.ts'
import { standaloneNetwork } from '../../src/net/network.ts'
import { Stack } from '../../src/net/stack.ts'
import type { TcpConnection } from '../../src/net/tcp/connection.ts'
import type { UdpFlow } from '../../src/net/udp/nat.ts'
import { formatIpv4 } from '../../src/net/wire/addresses.ts'
import { Mutations } from '../support/net/frame-mutations.ts'
import { parseSegmentFrame } from '../support/net/read-segment.ts'

const frames = Number(process.env.DESKTOP_FUZZ_FRAMES ?? 150_000)
const seed = Number(process.env.DESKTOP_FUZZ_SEED ?? 4)
const network = standaloneNetwork('192.168.65.0/24', 1500, 'fd65:1234:5678::/64')

/** External hosts: some dials succeed, echo and end; some fail. */
class World extends HostSide {
  override dialTcp(connection: TcpConnection): HostStream | undefined {
    if (connection.address === this.loop.stack.addresses.gateway) return super.dialTcp(connection)
    const { loop } = this
    if (connection.guestPort % 7 === 0) return undefined
    if (connection.guestPort % 2 === 0) {
      queueMicrotask(() => {
        loop.begin().tcp.hostConnected(connection)
        loop.end()
      })
    }
    return {
      queuedBytes: connection.guestPort % 5 === 0 ? 1 << 20 : 0,
      write: (bytes, start, end) => {
        if (connection.guestPort % 3 === 0) loop.stack.tcp.hostData(connection, bytes, start, end)
      },
      end: () => loop.stack.tcp.hostEnded(connection),
      setReading: () => {},
      reset: () => {},
    }
  }

  override openUdp(flow: UdpFlow): HostDatagram {
    const { loop } = this
    const from = { address: 0x0a01_0203, port: 9 }
    return {
      send: (bytes, start, end) => loop.stack.datagrams.received(flow, from, bytes, start, end),
      close: () => {},
    }
  }

  override sendEcho(): boolean {
    return false
  }
}

/** Megabytes in use. */
function inUse(): number {
  setFlagsFromString('--expose-gc')
  const gc = runInNewContext('gc') as () => void
  gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 2 ** 20
}

/** Records the connections that the other side has accepted. */
function watch(socket: Socket, mutations: Mutations): void {
  let pending: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
    let at = 0
    while (at + 4 <= pending.length) {
      const end = at + 4 + pending.readUInt32BE(at)
      if (end > pending.length) break
      const frame = pending.subarray(at + 4, end)
      at = end
      if (frame.readUInt16BE(12) !== 0x800 || frame[23] !== 6 || (frame[47]! & 0x12) !== 0x12) continue
      const synAck = parseSegmentFrame(Uint8Array.from(frame))
      if (synAck === undefined || mutations.flows.length >= 50) continue
      const [port, guestPort] = [frame.readUInt16BE(34), frame.readUInt16BE(36)]
      const address = formatIpv4(frame.readInt32BE(26))
      mutations.flows.push({ guestPort, port, address, seq: synAck.ack, ack: (synAck.seq + 1) | 0 })
    }
    pending = pending.subarray(at)
  })
}

test(
  `${frames} mutated frames end nothing, hang nothing, and leave memory and tables as small as they were`,
  async () => {
    const egress = new Egress()
    const world = new World(network, { ...defaultDns, upstreams: [] }, egress)
    const stack = new Stack(linkAddresses(network), world, clockMs(), { egress, isIsolated: false })
    world.start(stack)
    const dir = mkdtempSync(join(tmpdir(), 'fuzz-'))
    const server = createServer((socket) => void attachLink(world.loop, socket, 'u32-be'))
    server.listen(join(dir, 'link'))
    await once(server, 'listening')
    const guest = connect(join(dir, 'link'))
    const mutations = new Mutations(seed)
    watch(guest, mutations)
    let afterWarmUp = 0
    const warmUp = Math.floor(frames / 10)
    const seenFlows = { tcp: 0 }
    for (let sent = 0; sent < frames; ) {
      const batch: Uint8Array[] = []
      for (let i = 0; i < 50 && sent < frames; i += 1, sent += 1) {
        const frame = mutations.next()
        const length = Buffer.alloc(4)
        length.writeUInt32BE(frame.length)
        batch.push(length, frame)
      }
      if (!guest.write(Buffer.concat(batch))) await once(guest, 'drain')
      else await new Promise((resolve) => setImmediate(resolve))
      seenFlows.tcp = Math.max(seenFlows.tcp, stack.tcp.size)
      if (sent >= warmUp && afterWarmUp === 0) afterWarmUp = inUse()
    }
    await expect.poll(() => [...stack.links.links][0]?.counters.framesIn, { timeout: 20_000 }).toBe(frames)
    // Enough frames were valid to create state.
    expect(stack.tcp.counters.opened).toBeGreaterThan(frames / 2000)
    expect(seenFlows.tcp).toBeLessThanOrEqual(65_536)
    expect(stack.ipv4.fragments.size).toBeLessThanOrEqual(256)
    expect(stack.datagrams.nat.size).toBeLessThanOrEqual(8192)
    world.endFlows()
    expect([stack.tcp.size, stack.tcp.bufferedBytes]).toEqual([0, 0])
    expect(inUse() - afterWarmUp).toBeLessThan(48)
    guest.destroy()
    server.close()
    await world[Symbol.asyncDispose]()
    rmSync(dir, { recursive: true })
  },
  60_000 + frames / 5,
)
