/**
 * ICMP (RFC 792):
 *
 *   0 type   1 code   2 checksum 2   4 rest 4 (echo: identifier 2, sequence 2)   8 payload
 *
 * Errors quote the header of the packet that caused them, and as much of it as fits in 576 bytes (RFC 1812).
 */
import { sumOf } from './checksum.ts'

export const icmpHeaderBytes = 8
export const icmpType = { echoReply: 0, unreachable: 3, echo: 8, timeExceeded: 11 } as const

export const unreachable = {
  network: 0,
  host: 1,
  protocol: 2,
  port: 3,
  fragmentationNeeded: 4,
  /** "Communication administratively prohibited" (RFC 1812 section 5.2.7.1). */
  prohibited: 13,
} as const

/** Type and code of the error. */
export const prohibited: { type: number; code: number } = {
  type: icmpType.unreachable,
  code: unreachable.prohibited,
}

export const timeExceeded = { inTransit: 0, reassembly: 1 } as const

/** Maximum length of a quote. */
export const maxQuotedBytes = 548

/** Writes type, code, rest and the checksum over `bytes`; the payload must be written already. */
export function emitIcmp(
  view: DataView,
  at: number,
  bytes: number,
  { type, code, rest }: { type: number; code: number; rest: number },
): void {
  view.setUint8(at, type)
  view.setUint8(at + 1, code)
  view.setUint16(at + 2, 0)
  view.setInt32(at + 4, rest)
  view.setUint16(at + 2, ~sumOf(view, at, bytes))
}
