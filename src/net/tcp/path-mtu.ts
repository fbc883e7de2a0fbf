/**
 * Path MTU towards endpoints behind a guest (RFC 1191, RFC 8201): a container bridge or router in the guest may
 * have a smaller MTU than the link. ICMP reports are accepted only for data in flight (RFC 5927 section 4.1). If
 * ICMP is filtered, repeated timeouts find the size (RFC 4821).
 */
import { minIpv6Mtu } from '../../config/ipv6-mtu.ts'
import type { QuotedSegment } from '../core/flow.ts'
import type { Neighbour } from '../core/neighbours.ts'
import { ipv4HeaderBytes } from '../wire/ipv4.ts'
import { ipv6HeaderBytes } from '../wire/ipv6.ts'
import { tcpHeaderBytes } from '../wire/tcp.ts'
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { isBefore } from './sequence.ts'
import { timestampBytesOf } from './timestamps.ts'

/** Smaller reported IPv4 MTUs are raised to this minimum (RFC 791 allows 68; Linux uses 552 too). */
const leastMtu4 = 552

/** Common MTUs behind a guest, tried in turn when large segments are lost. */
const commonMtus = [1500, minIpv6Mtu, leastMtu4] as const

/**
 * Consecutive timeouts before large segments are suspected: a single loss is ordinary, and two timeouts take 0.75
 * s.
 */
const timeoutsPerStep = 2

/** A router reports that the quoted segment exceeds `mtu`. */
export function segmentTooBig(t: TcpContext, quoted: QuotedSegment, from: Neighbour, mtu: number): void {
  const c = t.findQuoted(quoted, from)
  if (c?.phase !== phase.open) return
  if (isBefore(quoted.sequence, c.una) || !isBefore(quoted.sequence, c.max)) return
  const bytes = payloadFor(c, Math.max(mtu, leastMtuOf(c)))
  if (bytes >= c.maxSegmentBytes) return
  c.maxSegmentBytes = bytes
  c.suspectedBytes = 0
  t.counters.pathsNarrowed += 1
  // This is not congestion: retransmit at once in smaller segments and keep the window (RFC 1191 section 6.5).
  c.next = c.una
  c.timedAtMs = -1
  if (c.isRecovering) c.retransmitNext = c.una
  t.wheel.clear(c)
  t.touch(c)
}

/** Called after each timeout: after several, reduces the segment size to one that most paths carry. */
export function suspectBlackHole(t: TcpContext, c: TcpConnection): void {
  if (c.retries % timeoutsPerStep !== 0 || c.una === c.max) return
  const least = leastMtuOf(c)
  for (const mtu of commonMtus) {
    const bytes = payloadFor(c, mtu)
    if (bytes >= c.maxSegmentBytes || mtu < least) continue
    if (c.suspectedBytes === 0) c.suspectedBytes = c.maxSegmentBytes
    c.maxSegmentBytes = bytes
    t.counters.pathsNarrowed += 1
    return
  }
}

/**
 * First ACK after the reduction. If it covers more than the small segment, the large segments had arrived: the
 * guest was suspended, so restore the size.
 */
export function settleSuspicion(c: TcpConnection, acked: number): void {
  if (c.suspectedBytes === 0) return
  if (acked > c.maxSegmentBytes) c.maxSegmentBytes = c.suspectedBytes
  c.suspectedBytes = 0
}

function payloadFor(c: TcpConnection, mtu: number): number {
  const ipBytes = c.header6 === undefined ? ipv4HeaderBytes : ipv6HeaderBytes
  return mtu - ipBytes - tcpHeaderBytes - timestampBytesOf(c)
}

function leastMtuOf(c: TcpConnection): number {
  return c.header6 === undefined ? leastMtu4 : minIpv6Mtu
}
