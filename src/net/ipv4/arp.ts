/** ARP on the links: answers for our addresses, and questions for guests (RFC 826). */
import type { Neighbour } from '../core/neighbours.ts'
import type { Link } from '../link/link.ts'
import { type ArpPacket, arpFrameBytes, arpOperation, emitArp, parseArp } from '../wire/arp.ts'

const askEveryMs = 200

/** What was said about the sender; undefined when it was not sound. A question for us is answered. */
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

/** Sends an ARP request on all links, rate-limited. */
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
