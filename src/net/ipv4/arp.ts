/** ARP on the links: replies for our addresses, and requests for guests (RFC 826). */
import type { Neighbour } from '../core/neighbours.ts'
import type { Link } from '../link/link.ts'
import { type ArpPacket, arpFrameBytes, arpOperation, emitArp, parseArp } from '../wire/arp.ts'

const askEveryMs = 200

/**
 * Answers a request for our address. Returns the packet, which contains the sender's address; undefined if
 * invalid.
 */
export function answerArp(
  view: DataView,
  at: number,
  end: number,
  link: Link,
  isOurs: (address: number) => boolean,
): ArpPacket | undefined {
  const packet = parseArp(view, at, end)
  if (packet === undefined) return undefined
  if (packet.operation !== arpOperation.request || !isOurs(packet.targetAddress)) return packet
  const to = link.reserve(arpFrameBytes)
  if (to < 0) return packet
  emitArp(link.batch.view, to, {
    operation: arpOperation.reply,
    senderAddress: packet.targetAddress,
    targetHigh: packet.senderHigh,
    targetLow: packet.senderLow,
    targetAddress: packet.senderAddress,
  })
  link.commit(arpFrameBytes)
  return packet
}

/** Sends a rate-limited ARP request on all links. */
export function askArp(links: Iterable<Link>, neighbour: Neighbour, gateway: number, nowMs: number): void {
  if (nowMs - neighbour.askedMs < askEveryMs) return
  neighbour.askedMs = nowMs
  for (const link of links) {
    const to = link.reserve(arpFrameBytes)
    if (to < 0) continue
    emitArp(link.batch.view, to, {
      operation: arpOperation.request,
      senderAddress: gateway,
      targetHigh: 0xffff,
      targetLow: -1,
      targetAddress: neighbour.address,
    })
    link.commit(arpFrameBytes)
  }
}
