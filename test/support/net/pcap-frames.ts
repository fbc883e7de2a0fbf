/** Small frames for captures, without checksums. */

/** An IPv4 frame with ports, or a later fragment without. */
export function frame(protocol: number, from: string, to: string, fragmentOffset = 0): Uint8Array {
  const [fromAddress, fromPort = '0'] = from.split(':')
  const [toAddress, toPort = '0'] = to.split(':')
  const bytes = new Uint8Array(14 + 20 + 20)
  const view = new DataView(bytes.buffer)
  view.setUint16(12, 0x0800)
  bytes[14] = 0x45
  view.setUint16(16, 40)
  view.setUint16(20, fragmentOffset)
  bytes[22] = 64
  bytes[23] = protocol
  bytes.set(fromAddress!.split('.').map(Number), 26)
  bytes.set(toAddress!.split('.').map(Number), 30)
  view.setUint16(34, Number(fromPort))
  view.setUint16(36, Number(toPort))
  bytes[46] = 0x50
  return bytes
}

export function arp(): Uint8Array {
  const bytes = new Uint8Array(42)
  bytes.set([8, 6], 12)
  bytes.set([0, 1, 8, 0, 6, 4, 0, 1], 14)
  bytes.set([10, 0, 0, 1], 28)
  bytes.set([10, 0, 0, 2], 38)
  return bytes
}

/** From and to fd00::LAST. @param header fragment header, with the protocol number in its first byte */
export function frame6(
  protocol: number,
  [from, fromPort]: readonly [number, number],
  [to, toPort]: readonly [number, number],
  header: readonly number[] = [],
): Uint8Array {
  const bytes = new Uint8Array(14 + 40 + header.length + 20)
  const view = new DataView(bytes.buffer)
  view.setUint16(12, 0x86dd)
  bytes[14] = 0x60
  view.setUint16(18, header.length + 20)
  bytes[20] = protocol
  bytes.set([0xfd], 22)
  bytes[37] = from
  bytes.set([0xfd], 38)
  bytes[53] = to
  bytes.set(header, 54)
  view.setUint16(54 + header.length, fromPort)
  view.setUint16(56 + header.length, toPort)
  return bytes
}
