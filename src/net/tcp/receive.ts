/**
 * What the guest sends (RFC 9293 section 3.10.7.4, steps on text and FIN): trimmed to the window, put in order,
 * and gathered into one write to the host per burst.
 */
import type { PacketBuffer } from '../wire/packet.ts'
import { type TcpSegment, tcpFlag } from '../wire/tcp.ts'
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { emitAck, largestPayload } from './emit.ts'
import { add, distance, isAfter } from './sequence.ts'

/** Moving more than this costs more than another piece of a write. */
const worthPiece = 4096

/** Text and FIN of an acceptable segment. */
export function receive(t: TcpContext, c: TcpConnection, packet: PacketBuffer, segment: TcpSegment): void {
  let { sequence, payloadAt: start, payloadEnd: end } = segment
  let hasFin = (segment.flags & tcpFlag.fin) !== 0
  if (start === end && !hasFin) return
  c.isAckDue = true
  t.touch(c)
  // RFC 9293 section 3.10.7.4: there is no text behind a FIN.
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
    // The sender counts these to find out what was lost, so they are not saved up.
    emitAck(t, c)
  }
  if (hasFin) {
    c.hasEarlyFin = true
    c.earlyFin = add(sequence, end - start)
  }
  if (c.hasEarlyFin && c.earlyFin === c.receiveNext) receiveFin(c)
}

/**
 * The next ACK says that this came twice (D-SACK, RFC 2883). A sender whose probe or timeout was early, since we had no
 * turn on a processor, learns that nothing was lost and need not slow down.
 */
export function noteDuplicate(c: TcpConnection, from: number, to: number): void {
  c.duplicateFrom = from
  c.duplicateTo = to
}

/** The same of a segment that covers text behind a gap (RFC 2883 section 4.2). */
function noteHeld(c: TcpConnection, from: number, to: number): void {
  const held = c.reassembly.held(from, to)
  if (held !== undefined) noteDuplicate(c, held[0], held[1])
}

/** Text behind a gap; when too much of it is held already it has to come again. */
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
 * In-order bytes of this burst, which stay in the link's buffer until its end, so that the host gets them in one
 * write. Small ones are moved behind those that came just before; large ones become their own piece.
 */
function accept(t: TcpContext, c: TcpConnection, bytes: Uint8Array, start: number, end: number): void {
  const count = end - start
  c.receiveNext = add(c.receiveNext, count)
  c.bytesFromGuest += count
  const { iov } = c
  if (iov.bytes === bytes && start >= iov.end) {
    // Only headers lie in between, and they have been read, so their place is free.
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

/** End of a burst: the host gets what came, and the end of it if that came too. */
export function passToHost(c: TcpConnection): void {
  writeRun(c)
  if (!c.isFinReceived || c.isHostEndPassed || c.phase < phase.open) return
  c.isHostEndPassed = true
  c.host?.end()
}

/**
 * Moves the right edge of the window to what the host's side has room for. It never moves left, and not by
 * less than a segment or half the window (RFC 9293 section 3.8.6.2.2). True when the guest should be informed.
 */
export function openWindow(t: TcpContext, c: TcpConnection): boolean {
  const limit = windowLimit(t, c)
  const room = Math.max(0, limit - (c.host?.queuedBytes ?? 0))
  const grows = distance(c.receiveEdge, add(c.receiveNext, room))
  if (grows < Math.min(largestPayload(t.settings.mtu, c), limit >> 1)) return false
  const shown = distance(c.receiveNext, c.receiveEdge)
  c.receiveEdge = add(c.receiveEdge, grows)
  // A guest that has plenty left learns of it with the next ACK.
  return shown < limit >> 1
}

/** Among many connections each gets its share: what a window has promised cannot be taken back when hosts stop taking. */
function windowLimit(t: TcpContext, { ourShift }: TcpConnection): number {
  const { receiveBytes, totalReceiveBytes } = t.settings
  if (ourShift < 0) return 0xffff
  return Math.max(0xffff, Math.min(receiveBytes, Math.floor(totalReceiveBytes / t.table.size)))
}

/** Whether any of a segment lies in the window (RFC 9293 section 3.4, four cases). */
export function isAcceptable(c: TcpConnection, sequence: number, length: number): boolean {
  const window = distance(c.receiveNext, c.receiveEdge)
  const offset = distance(c.receiveNext, sequence)
  if (length === 0) return window === 0 ? offset === 0 : offset >= 0 && offset < window
  if (window <= 0) return false
  const isStartIn = offset >= 0 && offset < window
  return isStartIn || (offset < 0 && isAfter(add(sequence, length), c.receiveNext))
}
