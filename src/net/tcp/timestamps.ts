/**
 * Timestamps (RFC 7323 sections 3 to 5): in every segment once both SYNs have had them. They measure round trips that
 * retransmissions make ambiguous, and show segments that are older than numbers that have wrapped (PAWS).
 */
import { type TcpSegment, timestampBytes } from '../wire/tcp.ts'
import type { TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { distance, isAfter } from './sequence.ts'

/** RFC 7323 section 5.5: after this long without a segment the guest's clock may have wrapped. */
const outdatedMs = 24 * 86_400_000

/** Our clock, in milliseconds, as the guest of this connection sees it. */
export function timestampOf(t: TcpContext, c: TcpConnection): number {
  return (c.timestampOffset + t.nowMs) | 0
}

export function timestampBytesOf({ hasTimestamps }: TcpConnection): number {
  return hasTimestamps ? timestampBytes : 0
}

/** A SYN says whether there are any, and what is echoed first. */
export function readSynTimestamp(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  if (segment.hasTimestamps && c.timestampOffset === 0) c.timestampOffset = t.around.random32()
  c.hasTimestamps = segment.hasTimestamps
  if (segment.hasTimestamps) setRecent(t, c, segment.timestamp)
}

/**
 * Whether a segment may be heeded: not when it is older than what has been heard (R1 of section 5.3), nor when it has none
 * where each has one (section 3.2). Resets are not checked. What is next in order sets the echo (section 4.3).
 */
export function isTimely(t: TcpContext, c: TcpConnection, segment: TcpSegment): boolean {
  if (!segment.hasTimestamps) return false
  const isOld = distance(c.recentTimestamp, segment.timestamp) < 0
  return !isOld || t.nowMs - c.recentTimestampAtMs >= outdatedMs
}

/** An acceptable segment: what it says is echoed, unless it lies behind what was acknowledged last (R3 of section 5.3). */
export function noteTimestamp(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  if (segment.hasTimestamps && !isAfter(segment.sequence, c.acknowledgedTo))
    setRecent(t, c, segment.timestamp)
}

/** How long ago the segment was sent that this one echoes; -1: it echoes nothing of ours. */
export function echoedMs(t: TcpContext, c: TcpConnection, segment: TcpSegment): number {
  if (!c.hasTimestamps || !segment.hasTimestamps || segment.timestampEcho === 0) return -1
  return distance(segment.timestampEcho, timestampOf(t, c))
}

function setRecent(t: TcpContext, c: TcpConnection, timestamp: number): void {
  c.recentTimestamp = timestamp
  c.recentTimestampAtMs = t.nowMs
}
