/**
 * Timestamps (RFC 7323 sections 3 to 5), sent in every segment if both SYNs had them. They time round trips
 * despite retransmissions, and detect old segments after sequence numbers have wrapped (PAWS).
 */
import { type TcpSegment, timestampBytes } from '../wire/tcp.ts'
import type { TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { distance, isAfter } from './sequence.ts'

/** RFC 7323 section 5.5: without a segment for this long, the guest's clock may have wrapped. */
const outdatedMs = 24 * 86_400_000

/** Our millisecond clock with the offset of this connection. */
export function timestampOf(t: TcpContext, c: TcpConnection): number {
  return (c.timestampOffset + t.nowMs) | 0
}

export function timestampBytesOf({ hasTimestamps }: TcpConnection): number {
  return hasTimestamps ? timestampBytes : 0
}

/** Reads the timestamp of a SYN: whether timestamps are used, and the first value to echo. */
export function readSynTimestamp(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  if (segment.hasTimestamps && c.timestampOffset === 0) c.timestampOffset = t.around.random32()
  c.hasTimestamps = segment.hasTimestamps
  if (segment.hasTimestamps) setRecent(t, c, segment.timestamp)
}

/**
 * Whether a segment passes PAWS: false if its timestamp is older than TS.Recent (R1 of section 5.3) or missing
 * (section 3.2). Resets are not checked. The next in-order segment updates the echo (section 4.3).
 */
export function isTimely(t: TcpContext, c: TcpConnection, segment: TcpSegment): boolean {
  if (!segment.hasTimestamps) return false
  const isOld = distance(c.recentTimestamp, segment.timestamp) < 0
  return !isOld || t.nowMs - c.recentTimestampAtMs >= outdatedMs
}

/** Updates TS.Recent from an acceptable segment, unless it begins after the last ACK sent (R3 of section 5.3). */
export function noteTimestamp(t: TcpContext, c: TcpConnection, segment: TcpSegment): void {
  if (segment.hasTimestamps && !isAfter(segment.sequence, c.acknowledgedTo))
    setRecent(t, c, segment.timestamp)
}

/** Age of the echoed timestamp in milliseconds; -1: no echo. */
export function echoedMs(t: TcpContext, c: TcpConnection, segment: TcpSegment): number {
  if (!c.hasTimestamps || !segment.hasTimestamps || segment.timestampEcho === 0) return -1
  return distance(segment.timestampEcho, timestampOf(t, c))
}

function setRecent(t: TcpContext, c: TcpConnection, timestamp: number): void {
  c.recentTimestamp = timestamp
  c.recentTimestampAtMs = t.nowMs
}
