import { createServer, type Server } from 'node:net'
import { expect, test } from 'vitest'
import { VhostLink } from '../../../../bench/net/vhost-user/link.ts'
import { gsoType, headerFlag, netHeaderBytes } from '../../../../bench/net/vhost-user/offload.ts'
import { isLinux } from '../../../../src/net/host/linux/libc.ts'
import { parseSegmentFrame } from '../../../support/net/read-segment.ts'
import {
  ipv4Frame,
  plainChecksum,
  type SegmentText,
  type TextSegment,
  tcpPacket,
} from '../../../support/net/segments.ts'
import { FrontEnd } from './front-end.ts'
import { openStack } from './open-stack.ts'

const guest = '192.168.65.3'
const loopback = '192.168.65.254'
const frameAt = netHeaderBytes
const tcpAt = frameAt + 34

async function echo(): Promise<{ port: number; server: Server }> {
  const server = createServer((socket) => {
    // The stack resets its connections when it closes.
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { port, server }
}

/** A guest with TSO and checksum offload. */
class Guest {
  readonly #frontEnd: FrontEnd
  readonly #port: number
  readonly gsoSizes: number[] = []

  constructor(frontEnd: FrontEnd, port: number) {
    this.#frontEnd = frontEnd
    this.#port = port
    for (let i = 0; i < 7; i += 1) frontEnd.receive.post([65_600], 2)
  }

  send(segment: SegmentText): void {
    const packet = tcpPacket(
      guest,
      loopback,
      { guestPort: 4000, port: this.#port },
      { ...segment, checksum: 1 },
    )
    const frame = ipv4Frame(6, guest, loopback, packet)
    const { transmit } = this.#frontEnd
    const [buffer] = transmit.post([frameAt + frame.length])
    transmit.bytes[buffer!.at] = headerFlag.needsChecksum
    transmit.bytes.set(frame, buffer!.at + frameAt)
    this.#frontEnd.kick(1)
  }

  /** Segments that have arrived since the last call; completes their checksums as Linux does. */
  received(): TextSegment[] {
    return this.#frontEnd.receive.completed().flatMap((bytes) => {
      this.#frontEnd.receive.post([65_600], 2)
      this.#frontEnd.kick(0)
      const view = new DataView(bytes.buffer)
      if (view.getUint8(1) === gsoType.tcp4) {
        this.gsoSizes.push(view.getUint16(4, true))
        view.setUint16(tcpAt + 16, plainChecksum(bytes.subarray(tcpAt)))
      }
      return parseSegmentFrame(bytes.subarray(frameAt)) ?? []
    })
  }
}

test.runIf(isLinux)(
  '60 kB cross a link of MTU 1500 in one segment, in both directions, without a checksum',
  async () => {
    await using host = openStack()
    const { port, server } = await echo()
    using frontEnd = new FrontEnd()
    const link = new VhostLink(host.loop, frontEnd.peer, { guest: 1500, stack: 65_520 })
    frontEnd.start()
    const guestSide = new Guest(frontEnd, port)
    guestSide.send({ flags: 'S', seq: 1000, mss: 1460, windowShift: 7 })
    const segments: TextSegment[] = []
    await expect.poll(() => segments.push(...guestSide.received())).toBeGreaterThan(0)
    const [synAck] = segments.splice(0)
    expect([[...synAck!.flags].sort().join(''), synAck!.ack]).toEqual(['AS', 1001])
    const payload = Uint8Array.from({ length: 60_000 }, (_, i) => (i * 31) & 255)
    guestSide.send({ flags: 'AP', seq: 1001, ack: synAck!.seq + 1, payload })
    const echoed = (): number => segments.reduce((sum, one) => sum + one.payload.length, 0)
    await expect
      .poll(() => {
        segments.push(...guestSide.received())
        return echoed()
      })
      .toBe(payload.length)
    expect(Buffer.concat(segments.map((one) => one.payload)).equals(payload)).toBe(true)
    expect(Math.max(...segments.map((one) => one.payload.length))).toBeGreaterThan(1460)
    expect(new Set(guestSide.gsoSizes)).toEqual(new Set([1460]))
    link.close()
    server.close()
  },
)
