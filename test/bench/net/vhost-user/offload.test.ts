import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as offload from '../../../../bench/net/vhost-user/offload.ts'
import { sumOf } from '../../../../src/net/wire/checksum.ts'

const mtu = 1500

/** A TCP segment with an MSS option and zero checksums. */
function segment(isIpv6: boolean, flags: number, payloadBytes: number): DataView {
  const ipBytes = isIpv6 ? 40 : 20
  const view = new DataView(new ArrayBuffer(14 + ipBytes + 24 + payloadBytes))
  view.setUint16(12, isIpv6 ? 0x86dd : 0x0800)
  if (isIpv6) view.setUint8(20, 6)
  else {
    view.setUint8(14, 0x45)
    view.setUint8(23, 6)
  }
  for (let i = 0; i < (isIpv6 ? 32 : 8); i += 1) view.setUint8(14 + (isIpv6 ? 8 : 12) + i, 7 * i + 1)
  const tcp = 14 + ipBytes
  view.setUint8(tcp + 12, 0x60)
  view.setUint8(tcp + 13, flags)
  view.setUint32(tcp + 20, 0x0204_05b4)
  for (let at = tcp + 24; at < view.byteLength; at += 1) view.setUint8(at, (31 * at) & 255)
  return view
}

/** Sum of the pseudo header of RFC 9293 section 3.1. */
function pseudoSum(view: DataView, isIpv6: boolean): number {
  const tcp = isIpv6 ? 54 : 34
  const addresses = sumOf(view, isIpv6 ? 22 : 26, isIpv6 ? 32 : 8)
  return (addresses + 6 + (view.byteLength - tcp)) % 0xffff
}

describe.each([false, true])('a super-segment, IPv6: %s', (isIpv6) => {
  test('carries the pseudo-header sum, from which the guest completes each checksum', () => {
    const view = segment(isIpv6, 0x10, 9000)
    const header = new DataView(new ArrayBuffer(12))
    offload.describe(header, view, 0, view.byteLength, mtu)
    const tcp = isIpv6 ? 54 : 34
    expect(header.getUint8(0)).toBe(offload.headerFlag.needsChecksum)
    expect(header.getUint8(1)).toBe(isIpv6 ? offload.gsoType.tcp6 : offload.gsoType.tcp4)
    expect(header.getUint16(2, true)).toBe(tcp + 24)
    expect(header.getUint16(4, true)).toBe(mtu + 14 - tcp - 24)
    expect(header.getUint16(6, true)).toBe(tcp)
    expect(header.getUint16(8, true)).toBe(16)
    expect(view.getUint16(tcp + 16) % 0xffff).toBe(pseudoSum(view, isIpv6))
  })

  test('is not made of a frame that fits the MTU', () => {
    const view = segment(isIpv6, 0x10, mtu - (isIpv6 ? 64 : 44))
    const before = new Uint8Array(view.buffer.slice(0))
    const header = new DataView(new ArrayBuffer(12))
    offload.describe(header, view, 0, view.byteLength, mtu)
    expect([header.getUint8(0), header.getUint8(1)]).toEqual([offload.headerFlag.isValid, 0])
    expect(new Uint8Array(view.buffer)).toEqual(before)
  })

  test('the MSS is raised in a SYN only', () => {
    const tcp = isIpv6 ? 54 : 34
    for (const [flags, mss] of [
      [0x02, 65_480],
      [0x12, 65_480],
      [0x10, 1460],
    ] as const) {
      const view = segment(isIpv6, flags, 0)
      expect(offload.raiseMss(view, 0, view.byteLength, 65_480)).toBe(mss !== 1460)
      expect(view.getUint16(tcp + 22)).toBe(mss)
    }
  })
})

test('arbitrary frames are neither read nor written beyond their end', () => {
  const kinds = fc.constantFrom([0x08, 0, 0x45], [0x86, 0xdd, 0x60], [0x08, 0, 0x4f])
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 24, maxLength: 120 }), kinds, fc.nat(60), (given, kind, rest) => {
      const bytes = Uint8Array.from([...given, ...new Array(rest).fill(0xaa)])
      bytes.set(kind, 12)
      bytes[given[0]! & 1 ? 20 : 23] = 6
      const view = new DataView(bytes.buffer, 0, given.length)
      offload.raiseMss(view, 0, given.length, 65_480)
      offload.describe(new DataView(new ArrayBuffer(12)), view, 0, given.length, 20)
    }),
    { numRuns: 2000 },
  )
})
