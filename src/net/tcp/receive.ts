/**
 * Data and FIN from the guest (RFC 9293 section 3.10.7.4): trims segments to the window, reorders them, and
 * gathers the data of a burst into one write to the host.
 */
import type { PacketBuffer } from '../wire/packet.ts'
import { type TcpSegment, tcpFlag } from '../wire/tcp.ts'
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { emitAck, largestPayload } from './emit.ts'
import { add, distance, isAfter } from './sequence.ts'

/** Smaller pieces are moved: above this size, moving costs more than another iovec entry. */
const worthPiece = 4096

/** Data and FIN of an acceptable segment. */
export function receive(t: TcpContext, c: TcpConnection, packet: PacketBuffer, segment: TcpSegment): void {
  let { sequence, payloadAt: start, payloadEnd: end } = segment
  let hasFin = (segment.flags & tcpFlag.fin) !== 0
  if (start === end && !hasFin) return
  c.isAckDue = true
  t.touch(c)
  // RFC 9293 section 3.10.7.4: ignore data after a FIN.
  if (c.isFinReceived) return
  const old = distance(sequence, c.receiveNext)
  if (old > 0) {
    noteDuplicate(c, sequence, add(sequence, Math.min(old, end - start)))
    if (old > end - start) hasFin = false
    start = Math.min(end, start + old)
    sequence = c.receiveNext
  }
  const beyond = distance(c.receiveEdge, add(sequence, end - start))
  if (beyond > 0) {
    end = Math.max(start, end - beyond)
    hasFin = false
  }
  if (sequence === c.receiveNext) {
    if (end > start) accept(t, c, packet.bytes, start, end)
    if (!c.reassembly.isEmpty) {
      if (old <= 0) noteHeld(c, sequence, add(sequence, end - start))
      c.isAckUrgent = true
      takeReassembled(t, c)
    }
  } else if (end > start) {
    keepEarly(t, c, sequence, packet.bytes, start, end)
    // The sender detects loss by counting duplicate ACKs, so do not coalesce them.
    emitAck(t, c)
  }
  if (hasFin) {
    c.hasEarlyFin = true
    c.earlyFin = add(sequence, end - start)
  }
  if (c.hasEarlyFin && c.earlyFin === c.receiveNext) receiveFin(c)
}

/**
 * Reports duplicate data in the next ACK (D-SACK, RFC 2883). A sender whose probe or timeout was premature,
 * because our process was not scheduled, learns that nothing was lost and need not slow down.
 */
export function noteDuplicate(c: TcpConnection, from: number, to: number): void {
  c.duplicateFrom = from
  c.duplicateTo = to
}

/** Reports duplicate data beyond a gap (RFC 2883 section 4.2). */
function noteHeld(c: TcpConnection, from: number, to: number): void {
  const held = c.reassembly.held(from, to)
  if (held !== undefined) noteDuplicate(c, held[0], held[1])
}

/** Stores data beyond a gap, or drops it if the total limit is reached; the guest then retransmits it. */
function keepEarly(
  t: TcpContext,
  c: TcpConnection,
  sequence: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const { reassembly } = c
  if (t.earlyBytes >= t.settings.totalEarlyBytes) return
  const { heldBytes } = reassembly
  noteHeld(c, sequence, add(sequence, end - start))
  reassembly.add(sequence, bytes, start, end)
  t.earlyBytes += reassembly.heldBytes - heldBytes
}

function receiveFin(c: TcpConnection): void {
  c.hasEarlyFin = false
  c.isFinReceived = true
  c.receiveNext = add(c.receiveNext, 1)
  c.isAckDue = true
}

/**
 * Collects in-order data of this burst, which remains in the link's buffer until its end, so that the host gets
 * it in one write. Small segments are moved next to the previous data; large ones become a piece.
 */
function accept(t: TcpContext, c: TcpConnection, bytes: Uint8Array, start: number, end: number): void {
  const count = end - start
  c.receiveNext = add(c.receiveNext, count)
  c.bytesFromGuest += count
  const { iov } = c
  if (iov.bytes === bytes && start >= iov.end) {
    // Only headers are in between. They were parsed already, so their space can be overwritten.
    if (t.lastRun === c && count < worthPiece) {
      bytes.copyWithin(iov.end, start, end)
      iov.extend(count)
      return
    }
    if (iov.add(start, end)) {
      t.lastRun = c
      return
    }
  }
  writeRun(c)
  iov.begin(bytes, start, end)
  t.lastRun = c
}

function takeReassembled(t: TcpContext, c: TcpConnection): void {
  for (;;) {
    const { heldBytes } = c.reassembly
    const bytes = c.reassembly.take(c.receiveNext)
    t.earlyBytes += c.reassembly.heldBytes - heldBytes
    if (bytes === undefined) return
    writeRun(c)
    if (t.lastRun === c) t.lastRun = undefined
    c.receiveNext = add(c.receiveNext, bytes.length)
    c.bytesFromGuest += bytes.length
    c.host?.write(bytes, 0, bytes.length)
  }
}

function writeRun(c: TcpConnection): void {
  const { iov, host } = c
  const { bytes } = iov
  if (bytes === undefined) return
  iov.clear()
  if (iov.pieces > 1 && host?.writePieces !== undefined) {
    host.writePieces(bytes, iov.edges, iov.pieces)
    return
  }
  for (let i = 0; i < iov.pieces; i += 1) host?.write(bytes, iov.edges[2 * i]!, iov.edges[2 * i + 1]!)
}

/** Called at the end of a burst: writes the received data to the host, then shuts it down after a FIN. */
export function passToHost(c: TcpConnection): void {
  writeRun(c)
  if (!c.isFinReceived || c.isHostEndPassed || c.phase < phase.open) return
  c.isHostEndPassed = true
  c.host?.end()
}

/**
 * Moves the right edge of the window to the free space of the host socket, never left, and only by at least a
 * segment or half the window (RFC 9293 section 3.8.6.2.2). Returns true if the guest needs a window update.
 */
export function openWindow(t: TcpContext, c: TcpConnection): boolean {
  const limit = windowLimit(t, c)
  const room = Math.max(0, limit - (c.host?.queuedBytes ?? 0))
  const grows = distance(c.receiveEdge, add(c.receiveNext, room))
  if (grows < Math.min(largestPayload(t.settings.mtu, c), limit >> 1)) return false
  const shown = distance(c.receiveNext, c.receiveEdge)
  c.receiveEdge = add(c.receiveEdge, grows)
  // A guest with a large remaining window gets the update with the next ACK.
  return shown < limit >> 1
}

/** Divides the total among connections: an advertised window cannot be withdrawn when host sockets stall. */
function windowLimit(t: TcpContext, { ourShift }: TcpConnection): number {
  const { receiveBytes, totalReceiveBytes } = t.settings
  if (ourShift < 0) return 0xffff
  return Math.max(0xffff, Math.min(receiveBytes, Math.floor(totalReceiveBytes / t.table.size)))
}

/** Whether any part of a segment is in the window (RFC 9293 section 3.4, four cases). */
export function isAcceptable(c: TcpConnection, sequence: number, length: number): boolean {
  const window = distance(c.receiveNext, c.receiveEdge)
  const offset = distance(c.receiveNext, sequence)
  if (length === 0) return window === 0 ? offset === 0 : offset >= 0 && offset < window
  if (window <= 0) return false
  const isStartIn = offset >= 0 && offset < window
  return isStartIn || (offset < 0 && isAfter(add(sequence, length), c.receiveNext))
}
