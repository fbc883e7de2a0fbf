/**
 * Ethernet II frames, without FCS:
 *
 *   0 destination 6   6 source 6   12 type 2   14 payload
 */

export const ethernetHeaderBytes = 14
export const etherType = { ipv4: 0x0800, arp: 0x0806, ipv6: 0x86dd } as const

/** Our MAC on every link: locally administered, so it cannot belong to real hardware. */
export const gatewayMac = { high: 0x0250, low: 0x00000000 } as const

export function emitEthernet(
  view: DataView,
  at: number,
  destinationHigh: number,
  destinationLow: number,
  type: number,
): void {
  view.setUint16(at, destinationHigh)
  view.setInt32(at + 2, destinationLow)
  view.setUint16(at + 6, gatewayMac.high)
  view.setInt32(at + 8, gatewayMac.low)
  view.setUint16(at + 12, type)
}
