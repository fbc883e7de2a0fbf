/**
 * ARP for IPv4 over Ethernet (RFC 826):
 *
 *   0 hardware type 2 (1)   2 protocol type 2 (0x0800)   4 lengths 1+1 (6, 4)   6 operation 2
 *   8 sender MAC 6   14 sender IP 4   18 target MAC 6   24 target IP 4
 */
import { emitEthernet, ethernetHeaderBytes, etherType, gatewayMac } from './ethernet.ts'

export const arpBytes = 28
export const arpOperation = { request: 1, reply: 2 } as const

export interface ArpPacket {
  operation: number
  senderHigh: number
  senderLow: number
  senderAddress: number
  targetAddress: number
}

/** Undefined unless it is a valid ARP packet for IPv4 over Ethernet. */
export function parseArp(view: DataView, at: number, end: number): ArpPacket | undefined {
  if (end - at < arpBytes) return undefined
  if (view.getUint32(at) !== 0x0001_0800 || view.getUint16(at + 4) !== 0x0604) return undefined
  return {
    operation: view.getUint16(at + 6),
    senderHigh: view.getUint16(at + 8),
    senderLow: view.getInt32(at + 10),
    senderAddress: view.getInt32(at + 14),
    targetAddress: view.getInt32(at + 24),
  }
}

export interface ArpFrame {
  operation: number
  /** Our own address. */
  senderAddress: number
  /** All ones for a request. */
  targetHigh: number
  targetLow: number
  targetAddress: number
}

export const arpFrameBytes: number = ethernetHeaderBytes + arpBytes

/** Writes a complete frame with our MAC as source. */
export function emitArp(view: DataView, at: number, frame: ArpFrame): void {
  emitEthernet(view, at, frame.targetHigh, frame.targetLow, etherType.arp)
  const arp = at + ethernetHeaderBytes
  const isRequest = frame.operation === arpOperation.request
  view.setUint32(arp, 0x0001_0800)
  view.setUint16(arp + 4, 0x0604)
  view.setUint16(arp + 6, frame.operation)
  view.setUint16(arp + 8, gatewayMac.high)
  view.setInt32(arp + 10, gatewayMac.low)
  view.setInt32(arp + 14, frame.senderAddress)
  view.setUint16(arp + 18, isRequest ? 0 : frame.targetHigh)
  view.setInt32(arp + 20, isRequest ? 0 : frame.targetLow)
  view.setInt32(arp + 24, frame.targetAddress)
}
