/**
 * Pairs of frames of one flow: one pair that can be coalesced, and pairs with one difference that prevents it.
 */
import { ipv4Frame, ipv6Frame, type SegmentText, summed, tcpPacket } from './segments.ts'

export const ports = { guestPort: 40_000, port: 80 }

interface Options {
  ttl?: number
  fragment?: number
}

export interface Family {
  /** Size of the headers before TCP. */
  tcpAt: number
  packetFrame(payload: Uint8Array, options?: Options): Uint8Array
  frameOf(segment: SegmentText, to?: typeof ports, options?: Options): Uint8Array
}

function family(tcpAt: number, guest: string, host: string, build: typeof ipv4Frame): Family {
  const packetFrame: Family['packetFrame'] = (payload, options) => build(6, guest, host, payload, options)
  return {
    tcpAt,
    packetFrame,
    frameOf: (segment, to = ports, options = {}) => packetFrame(tcpPacket(guest, host, to, segment), options),
  }
}

const ipv4 = family(34, '192.168.65.3', '192.168.65.254', ipv4Frame)
const ipv6 = family(54, 'fd65::3', 'fd65::fe', ipv6Frame)
export const families: readonly (readonly [name: string, family: Family])[] = [
  ['IPv4', ipv4],
  ['IPv6', ipv6],
]

export const first = { flags: 'A', seq: 100, ack: 7, payload: 'abcd' }
export const next = { flags: 'A', seq: 104, ack: 7, payload: 'efgh' }

export const changed = (frame: Uint8Array, at: number): Uint8Array => {
  frame[at]! ^= 1
  return frame
}

export function unlike({ frameOf, tcpAt }: Family): Record<string, [Uint8Array, Uint8Array]> {
  const like = frameOf(first)
  const pair = (second: Uint8Array): [Uint8Array, Uint8Array] => [like, second]
  const ofBoth = {
    'a gap': pair(frameOf({ ...next, seq: 105 })),
    'an overlap': pair(frameOf({ ...next, seq: 103 })),
    'another port': pair(frameOf(next, { ...ports, port: 81 })),
    'another ACK': pair(frameOf({ ...next, ack: 8 })),
    'another window': pair(frameOf({ ...next, window: 5 })),
    'another TTL': pair(frameOf(next, ports, { ttl: 9 })),
    'a FIN': pair(frameOf({ ...next, flags: 'FA' })),
    'a RST': pair(frameOf({ ...next, flags: 'RA' })),
    'a FIN before': [frameOf({ ...first, flags: 'FA' }), frameOf(next)],
    'SACK blocks': pair(frameOf({ ...next, sack: [[1, 2]] })),
    'the ACK of data that comes behind it': [frameOf({ flags: 'A', seq: 104, ack: 7 }), frameOf(next)],
    'another source MAC': pair(changed(frameOf(next), 11)),
    'a guest as destination': [changed(frameOf(first), 5), changed(frameOf(next), 5)],
    'another protocol': pair(changed(frameOf(next), tcpAt === 34 ? 23 : 20)),
    'a wrong TCP checksum': pair(changed(frameOf(next), tcpAt + 17)),
    'a flipped bit of the last byte': pair(changed(frameOf(next), tcpAt + 23)),
    'a flipped bit in the first one': [changed(frameOf(first), tcpAt + 20), frameOf(next)],
    'a flipped bit in a bare ACK': [
      frameOf({ flags: 'A', seq: 104, ack: 7 }),
      changed(frameOf({ flags: 'A', seq: 104, ack: 8 }), tcpAt + 11),
    ],
    'a longer frame than packet': pair(Uint8Array.of(...frameOf(next), 0, 0)),
  } satisfies Record<string, [Uint8Array, Uint8Array]>
  if (tcpAt === 34) {
    return {
      ...ofBoth,
      'a fragment': pair(frameOf(next, ports, { fragment: 0x2000 })),
      'a wrong IP checksum': pair(changed(frameOf(next), 25)),
    }
  }
  // A difference in each of the eight words of both addresses.
  const addresses = Array.from({ length: 16 }, (_, i): [string, [Uint8Array, Uint8Array]] => [
    `another word ${i} of the addresses`,
    pair(summed(changed(frameOf(next), 22 + 2 * i))),
  ])
  return {
    ...ofBoth,
    ...Object.fromEntries(addresses),
    'another traffic class': pair(changed(frameOf(next), 14)),
    'another flow label': pair(changed(frameOf(next), 17)),
  }
}
