/** TCP and UDP from the link to the host, with flipped bits. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { HostDatagram } from '../../../src/net/core/host-datagram.ts'
import { FrameReader } from '../../../src/net/link/frame-reader.ts'
import type { Link } from '../../../src/net/link/link.ts'
import type { Stack } from '../../../src/net/stack.ts'
import { flow, ipv6, Lab, network } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'
import { ipv4Frame, ipv6Frame, summed, tcpFrame } from '../../support/net/segments.ts'

const prefixed = (frames: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat(
    frames.flatMap((frame) => [Uint8Array.of(0, 0, frame.length >> 8, frame.length & 255), frame]),
  )

/** Passes bytes through a link's frame reader, with coalescing. */
function fromLink(
  { stack, link }: { stack: Stack; link: Link },
  frames: readonly Uint8Array[],
  isOffloaded = false,
): void {
  using reader = new FrameReader('u32-be', isOffloaded)
  stack.from = link
  expect(reader.feed(prefixed(frames), stack)).toBe(true)
}

const pieceBytes = 50
/** Offset of a TCP payload in its frame. */
const payloadAt = 54

function segments(c: LabConnection, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    tcpFrame(network.address, flow.address, flow, {
      flags: 'A',
      seq: (c.guestIsn + 1 + i * pieceBytes) | 0,
      ack: (c.isn + 1) | 0,
      payload: Uint8Array.from({ length: pieceBytes }, (_, j) => i + j),
    }),
  )
}

const flip = fc.record({ frame: fc.nat(19), bit: fc.nat(8 * (20 + pieceBytes) - 1) })

test('a corrupted segment is never delivered, and is retransmitted', () => {
  fc.assert(
    fc.property(fc.uniqueArray(flip, { maxLength: 5, selector: ({ frame }) => frame }), (flips) => {
      const c = new LabConnection(new Lab())
      const sound = segments(c, 20)
      const damaged = sound.map((frame) => frame.slice())
      // From the TCP header on; the IP header has its own checksum.
      for (const { frame, bit } of flips) damaged[frame]![34 + (bit >> 3)]! ^= 1 << (bit & 7)
      fromLink(c.lab, damaged)
      expect(c.lab.stack.drops.checksum).toBe(flips.length)
      const wanted = sound.flatMap((frame) => [...frame.subarray(payloadAt)])
      expect(c.host.received).toEqual(wanted.slice(0, c.host.received.length))
      fromLink(c.lab, sound)
      expect(c.host.received).toEqual(wanted)
    }),
    { numRuns: 200 },
  )
})

test('with checksum offload, segments with unfilled checksums are accepted', () => {
  const c = new LabConnection(new Lab())
  const unfilled = segments(c, 3).map((frame) => {
    frame.set([0x12, 0x34], 50)
    return frame
  })
  fromLink(c.lab, unfilled, true)
  expect(c.host.received).toHaveLength(3 * pieceBytes)
})

const udp = (payload: string): Uint8Array => {
  const bytes = Buffer.concat([
    Uint8Array.of(0x9c, 0x40, 0, 80, 0, 8 + payload.length, 0, 0),
    Buffer.from(payload),
  ])
  return Uint8Array.from(bytes)
}

/** Datagrams sent to the host. */
function datagramsOf(...frames: Uint8Array[]): string[] {
  const sent: string[] = []
  class UdpLab extends Lab {
    override openUdp(): HostDatagram {
      return {
        send: (bytes, start, end) => sent.push(Buffer.from(bytes.subarray(start, end)).toString()),
        close: () => {},
      }
    }
  }
  new UdpLab().arrive(...frames)
  return sent
}

const families = {
  IPv4: (payload: string) => ipv4Frame(17, network.address, flow.address, udp(payload)),
  IPv6: (payload: string) => ipv6Frame(17, ipv6.address, '2001:db8::1', udp(payload)),
}

test.each(Object.entries(families))(
  'of datagrams over %s those with a right checksum arrive, of odd and even length',
  (_family, frameOf) => {
    const flipped = (frame: Uint8Array) => {
      frame[frame.length - 1]! ^= 0x20
      return frame
    }
    const sound = ['even', 'odd'].map((payload) => summed(frameOf(payload)))
    const damaged = ['even', 'odd'].map((payload) => flipped(summed(frameOf(payload))))
    expect(datagramsOf(...sound, ...damaged)).toEqual(['even', 'odd'])
  },
)

test('an IPv4 datagram without a checksum is accepted (RFC 1122 section 4.1.3.4)', () => {
  expect(datagramsOf(families.IPv4('plain'))).toEqual(['plain'])
})

test('bytes after the UDP length are not included in the checksum', () => {
  const long = ipv4Frame(17, network.address, flow.address, Uint8Array.of(...udp('text'), 1, 2, 3))
  expect(datagramsOf(summed(long))).toEqual(['text'])
})

test('a fragmented datagram is verified after reassembly', () => {
  const whole = summed(families.IPv4('sixteen bytes it')).slice(34)
  const parts = (bytes: Uint8Array) => [
    ipv4Frame(17, network.address, flow.address, bytes.subarray(0, 16), {
      identification: 7,
      fragment: 0x2000,
    }),
    ipv4Frame(17, network.address, flow.address, bytes.subarray(16), { identification: 7, fragment: 2 }),
  ]
  expect(datagramsOf(...parts(whole))).toEqual(['sixteen bytes it'])
  expect(datagramsOf(...parts(whole.with(20, 0)))).toEqual([])
})
