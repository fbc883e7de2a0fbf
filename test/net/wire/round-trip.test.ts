import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arpOperation, emitArp, parseArp } from '../../../src/net/wire/arp.ts'
import { sumOf } from '../../../src/net/wire/checksum.ts'
import { ethernetHeaderBytes } from '../../../src/net/wire/ethernet.ts'
import { emitIpv4, Ipv4Header, ipv4HeaderBytes } from '../../../src/net/wire/ipv4.ts'
import { PacketBuffer } from '../../../src/net/wire/packet.ts'
import {
  emitSackOption,
  emitSynOptions,
  sackOptionBytes,
  synOptionBytes,
  TcpSegment,
  tcpFlag,
  tcpHeaderBytes,
} from '../../../src/net/wire/tcp.ts'
import { emitUdp, udpEnd, udpHeaderBytes } from '../../../src/net/wire/udp.ts'

const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const port = fc.integer({ min: 0, max: 65_535 })
const place = fc.nat(20)

test('a parsed IPv4 header equals the emitted one, with a valid checksum', () => {
  const header = new Ipv4Header()
  const fields = fc.record({
    totalBytes: fc.integer({ min: 20, max: 400 }),
    identification: port,
    fragment: fc.integer({ min: 0, max: 0x7fff }),
    ttl: fc.nat(255),
    protocol: fc.nat(255),
    source: word,
    destination: word,
  })
  fc.assert(
    fc.property(fields, place, (wanted, at) => {
      const view = new DataView(new ArrayBuffer(500))
      emitIpv4(view, at, wanted)
      expect(sumOf(view, at, ipv4HeaderBytes)).toBe(0xffff)
      expect(header.parse(view, at, 500)).toBe(true)
      const { end, source, destination, ttl, identification, fragmentOffset } = header
      expect({ end, source, destination, ttl, identification, fragmentOffset }).toEqual({
        end: at + wanted.totalBytes,
        source: wanted.source,
        destination: wanted.destination,
        ttl: wanted.ttl,
        identification: wanted.identification,
        fragmentOffset: (wanted.fragment & 0x1fff) * 8,
      })
    }),
  )
})

test('an IPv4 header with one wrong bit is rejected', () => {
  const header = new Ipv4Header()
  const fields = { identification: 7, fragment: 0x4000, ttl: 64, protocol: 6, source: 1, destination: 2 }
  for (let bit = 0; bit < ipv4HeaderBytes * 8; bit += 1) {
    const view = new DataView(new ArrayBuffer(100))
    emitIpv4(view, 0, { ...fields, totalBytes: 60 })
    view.setUint8(bit >> 3, view.getUint8(bit >> 3) ^ (1 << (bit & 7)))
    expect(header.parse(view, 0, 100)).toBe(false)
  }
})

test('a parsed UDP header equals the emitted one, with a checksum that is never zero', () => {
  const fields = fc.record({ source: word, sourcePort: port, destination: word, destinationPort: port })
  fc.assert(
    fc.property(fields, fc.uint8Array({ maxLength: 300 }), place, (wanted, payload, at) => {
      const bytes = new Uint8Array(400)
      bytes.set(payload, at + udpHeaderBytes)
      const packet = new PacketBuffer(bytes)
      const { view } = packet
      emitUdp(packet, at, wanted, udpHeaderBytes + payload.length)
      expect(udpEnd(view, at, 400)).toBe(at + udpHeaderBytes + payload.length)
      expect([view.getUint16(at), view.getUint16(at + 2)]).toEqual([
        wanted.sourcePort,
        wanted.destinationPort,
      ])
      expect(view.getUint16(at + 6)).not.toBe(0)
    }),
  )
})

test('parsed SYN options equal the emitted ones', () => {
  const options = fc.record({
    maxSegmentBytes: fc.integer({ min: 88, max: 65_535 }),
    windowShift: fc.integer({ min: -1, max: 14 }),
    isSackPermitted: fc.boolean(),
  })
  fc.assert(
    fc.property(options, (wanted) => {
      const view = new DataView(new ArrayBuffer(60))
      const bytes = tcpHeaderBytes + synOptionBytes(wanted.windowShift, wanted.isSackPermitted)
      view.setUint16(12, (bytes << 10) | tcpFlag.syn)
      emitSynOptions(view, tcpHeaderBytes, wanted)
      const segment = new TcpSegment()
      expect(segment.parse(view, 0, bytes)).toBe(true)
      const { maxSegmentBytes, windowShift, isSackPermitted } = segment
      expect({ maxSegmentBytes, windowShift, isSackPermitted }).toEqual(wanted)
    }),
  )
})

test('parsed SACK blocks equal the emitted ones', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(word, word), { minLength: 1, maxLength: 4 }), (blocks) => {
      const view = new DataView(new ArrayBuffer(60))
      const bytes = tcpHeaderBytes + sackOptionBytes(blocks.length)
      view.setUint16(12, (bytes << 10) | tcpFlag.ack)
      emitSackOption(view, tcpHeaderBytes, Int32Array.from(blocks.flat()), blocks.length)
      const segment = new TcpSegment()
      expect(segment.parse(view, 0, bytes)).toBe(true)
      expect([...segment.sackEdges.subarray(0, 2 * segment.sackBlocks)]).toEqual(blocks.flat())
    }),
  )
})

test('a parsed ARP reply equals the emitted one', () => {
  fc.assert(
    fc.property(word, word, port, word, (senderAddress, targetAddress, targetHigh, targetLow) => {
      const view = new DataView(new ArrayBuffer(100))
      const operation = arpOperation.reply
      emitArp(view, 0, { operation, senderAddress, targetHigh, targetLow, targetAddress })
      expect(parseArp(view, ethernetHeaderBytes, 100)).toMatchObject({
        operation,
        senderAddress,
        targetAddress,
      })
    }),
  )
})
