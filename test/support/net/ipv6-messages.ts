/** Builds and parses ICMPv6 independently of the code under test, with a plain checksum. */
import { ipv6Frame, octets, plainChecksum, pseudoHeader } from './segments.ts'

export interface Message {
  source: string
  destination: string
  hopLimit: number
  type: number
  code: number
  /** Offset after the checksum. */
  body: Uint8Array
}

/** `body` follows type, code and checksum. */
export function icmp6(type: number, code: number, body: readonly number[]): readonly number[] {
  return [type, code, 0, 0, ...body]
}

/** A frame from the guest with a correct checksum. */
export function icmp6Frame(
  source: string,
  destination: string,
  message: readonly number[],
  { ttl = 255 }: { ttl?: number } = {},
): Uint8Array {
  const bytes = Uint8Array.from(message)
  const sum = plainChecksum(pseudoHeader(source, destination, 58, bytes.length), bytes)
  bytes[2] = sum >> 8
  bytes[3] = sum & 255
  return ipv6Frame(58, source, destination, bytes, { ttl })
}

/** Undefined if it is not ICMPv6; throws if the checksum is wrong. */
export function parseIcmp6(frame: Uint8Array): Message | undefined {
  if (frame[12] !== 0x86 || frame[13] !== 0xdd || frame[20] !== 58) return undefined
  const bytes = frame.subarray(54)
  const pseudo = Uint8Array.of(...frame.subarray(22, 54), 0, 58, bytes.length >> 8, bytes.length & 255)
  if (plainChecksum(pseudo, bytes) !== 0) throw new Error('wrong ICMPv6 checksum')
  return {
    source: textOf(frame.subarray(22, 38)),
    destination: textOf(frame.subarray(38, 54)),
    hopLimit: frame[21]!,
    type: bytes[0]!,
    code: bytes[1]!,
    body: bytes.subarray(4),
  }
}

/** Groups without leading zeros and without `::`: sufficient for comparison. */
export function textOf(bytes: Uint8Array): string {
  return Array.from({ length: 8 }, (_, i) =>
    (((bytes[2 * i]! << 8) | bytes[2 * i + 1]!) >>> 0).toString(16),
  ).join(':')
}

/** Parses an address into that form. */
export const full = (address: string): string => textOf(Uint8Array.from(octets(address)))

export const guestMac: readonly number[] = [2, 0x50, 0, 0, 0, 1]

export const solicitation = (target: string, options: readonly number[]): readonly number[] =>
  icmp6(135, 0, [0, 0, 0, 0, ...octets(target), ...options])
