/**
 * ICMPv6 (RFC 4443):
 *
 *   0 type   1 code   2 checksum 2, including the pseudo header   4 rest 4 (echo: identifier 2, sequence 2)
 *   8 payload
 */
import { minIpv6Mtu } from '../../config/ipv6-mtu.ts'
import { foldInt, sumOf } from './checksum.ts'
import { protocol6, pseudoHeader6Sum } from './ipv6.ts'

export const icmp6HeaderBytes = 8

/** Types below 128 are errors. */
export const icmp6Type = {
  unreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echo: 128,
  echoReply: 129,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighbourSolicitation: 135,
  neighbourAdvertisement: 136,
} as const

export const firstInformational = 128

export const unreachable6 = { noRoute: 0, prohibited: 1, address: 3, port: 4 } as const

/** Code of "time exceeded" for incomplete reassembly. */
export const reassemblyTimeExceeded = 1

/** Maximum length of a quote: the error with both headers must fit in the minimum MTU. */
export const maxQuoted6Bytes: number = minIpv6Mtu - 40 - icmp6HeaderBytes

/** Whether the checksum is correct; `ip` is the offset of the IPv6 header. */
export function isIcmp6Sound(view: DataView, ip: number, at: number, end: number): boolean {
  const bytes = end - at
  return foldInt(pseudoHeader6Sum(view, ip, protocol6.icmp, bytes) + sumOf(view, at, bytes)) === 0xffff
}

/** Writes the checksum; header, addresses and message must be written already. */
export function sealIcmp6(view: DataView, ip: number, at: number, bytes: number): void {
  view.setUint16(at + 2, 0)
  view.setUint16(at + 2, ~foldInt(pseudoHeader6Sum(view, ip, protocol6.icmp, bytes) + sumOf(view, at, bytes)))
}
