/** Differences between IPv4 and IPv6 in segment coalescing. */
import { add, and, type Code, ifThen, int, type Local, load8, load16, ne, store16 } from './assembler.ts'
import { folded } from './checksum.ts'
import { type TcpFrame, tcpFrame4, tcpFrame6 } from './frame-layout.ts'

/** Value of a little-endian load of a big-endian 16-bit number. */
export const loaded16 = (value: number): number => ((value & 0xff) << 8) | ((value >> 8) & 0xff)

export interface Family {
  name: string
  frame: TcpFrame
  etherType: number
  /** Conditions, any of which excludes a frame that is not TCP with plain headers. */
  isOther(frame: Local): Code[]
  /** Conditions, any of which separates two frames because their IP headers differ. */
  isAnother(differs16: (offset: number) => Code): Code[]
  /** Executes `otherwise` if the header checksum is wrong. */
  check(frame: Local, sum: Local, otherwise: Code): Code
  /** Further changes to the header when its length changes. */
  relabel(frame: Local): Code
}

const differing = (differs16: (offset: number) => Code, from: number, bytes: number): Code[] =>
  Array.from({ length: bytes / 2 }, (_, index) => differs16(from + 2 * index))

export const ipv4: Family = {
  name: 'coalesce4',
  frame: tcpFrame4,
  etherType: 0x0800,
  isOther: (frame) => [
    ne(load8(frame.get, tcpFrame4.ip), int(0x45)),
    // Not a fragment: only "don't fragment" may be set.
    and(load16(frame.get, tcpFrame4.fragment), int(loaded16(0xbfff))),
    ne(load8(frame.get, tcpFrame4.ttl + 1), int(6)),
  ],
  // Type of service, TTL, addresses.
  isAnother: (differs16) => [
    differs16(tcpFrame4.ip),
    differs16(tcpFrame4.ttl),
    ...differing(differs16, tcpFrame4.addresses, 8),
  ],
  check: (frame, sum, otherwise) => [
    ...sum.set(add(...Array.from({ length: 10 }, (_, index) => load16(frame.get, tcpFrame4.ip + 2 * index)))),
    ...folded(sum),
    ...ifThen(and(ne(sum.get, int(0xffff)), ne(load16(frame.get, tcpFrame4.ipChecksum), int(0))), otherwise),
  ],
  // No IP checksum: the checksums of all parts were verified, and the frame is marked as verified.
  relabel: (frame) => store16(frame.get, tcpFrame4.ipChecksum, int(0)),
}

export const ipv6: Family = {
  name: 'coalesce6',
  frame: tcpFrame6,
  etherType: 0x86dd,
  isOther: (frame) => [
    ne(and(load8(frame.get, tcpFrame6.ip), int(0xf0)), int(0x60)),
    ne(load8(frame.get, tcpFrame6.nextHeader), int(6)),
  ],
  // Traffic class and flow label, hop limit, addresses.
  isAnother: (differs16) => [
    ...differing(differs16, tcpFrame6.ip, 4),
    differs16(tcpFrame6.nextHeader),
    ...differing(differs16, tcpFrame6.addresses, 32),
  ],
  check: () => [],
  relabel: () => [],
}
