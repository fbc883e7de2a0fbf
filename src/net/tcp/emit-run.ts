/**
 * Sends many full segments at once: one call of the WebAssembly kernel writes headers, payloads and checksums.
 */
import type { Link } from '../link/link.ts'
import { packetMemory, smallestPieceBytes } from '../storage/packet-memory.ts'
import { sumOfWord } from '../wire/checksum.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { emitTimestamps, tcpFlag, tcpHeaderBytes, timestampHead } from '../wire/tcp.ts'
import type { TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { bytesBeforeTcp, emitHeaders, worthGathering } from './emit.ts'
import { timestampBytesOf, timestampOf } from './timestamps.ts'

/**
 * Full segments from `offset` in the send buffer, up to a limit, while their bytes are contiguous and the link's batch has
 * room. Returns their number; 0 if a run does not pay off or is impossible.
 */
export function emitRun(
  t: TcpContext,
  c: TcpConnection,
  link: Link,
  sequence: number,
  offset: number,
  most: number,
): number {
  const bytes = c.maxSegmentBytes
  if (!c.buffer.isFast || !c.reassembly.isEmpty) return 0
  if (bytes >= worthGathering && link.canGather) return 0
  const optionBytes = timestampBytesOf(c)
  const tcpBytes = tcpHeaderBytes + optionBytes + bytes
  const frameBytes = bytesBeforeTcp(c) + tcpBytes
  const together = Math.floor(c.buffer.untilWrap(offset) / bytes)
  const count = Math.min(most, together, link.roomFor(frameBytes))
  if (count < 2 || link.reserve(count * frameBytes) < 0) return 0
  const { batch } = link
  const template = templateOf(t)
  if (batch.kernel === undefined || template.kernel === undefined) return 0
  link.writePrefix(template.view, 0, frameBytes)
  // The kernel adds the sequence number of each.
  let sum = emitHeaders(c, template, link.prefixBytes, 0, tcpFlag.ack, tcpBytes, optionBytes)
  const headerBytes = link.prefixBytes + frameBytes - bytes
  if (optionBytes > 0) {
    const now = timestampOf(t, c)
    emitTimestamps(template.view, headerBytes - optionBytes, now, c.recentTimestamp)
    sum += sumOfWord(timestampHead) + sumOfWord(now) + sumOfWord(c.recentTimestamp)
  }
  const from = c.buffer.addressOf(offset)
  const to = batch.address + link.filled
  batch.kernel.segments(from, bytes, count, to, template.address, headerBytes, optionBytes, sequence, sum)
  link.commitRun(count, frameBytes)
  c.isAckDue = false
  c.acknowledgedTo = c.receiveNext
  return count
}

function templateOf(t: TcpContext): PacketBuffer {
  t.template ??= packetMemory.takeBuffer(smallestPieceBytes)
  return t.template
}
