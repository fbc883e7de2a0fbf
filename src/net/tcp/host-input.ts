/**
 * Input from the host: data goes to the send buffer, followed by the FIN. Reading pauses while the buffer is
 * full.
 */
import { segmentsPerBatch } from '../link/link-buffers.ts'
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { noteAnswer } from './delayed-ack.ts'
import { dialFailed } from './open.ts'
import { abort } from './reset.ts'

/** Regions of send buffers lent for reads: the least number per full buffer, and the smallest useful size. */
const lentPerBuffer = 2
const leastLentBytes = 64 * 1024
/** Part of a send buffer that stays free when reading pauses, for the first read when it resumes. */
const freeShare = 1 / 4

/** Copies bytes from the host. */
export function takeHostData(
  t: TcpContext,
  c: TcpConnection,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  if (c.phase >= phase.timeWait || c.hostEnded) return
  c.buffer.append(bytes, start, end)
  noteAnswer(t, c)
  if (c.buffer.length >= sendLimit(t)) setReading(c, false)
  t.touch(c)
}

/** Lends a region of the send buffer for the host's next bytes; undefined: none is available. */
export function lendPlace(t: TcpContext, c: TcpConnection): Uint8Array | undefined {
  if (c.phase !== phase.open || c.hostEnded || t.pool.usedBytes >= t.settings.totalSendBytes) return undefined
  const limit = sendLimit(t)
  return c.buffer.lend(limit, leastLentBytes, mostLent(t, c, limit))
}

/** A second region that continues the lent one; undefined: there is none. */
export function lendMore(t: TcpContext, c: TcpConnection): Uint8Array | undefined {
  return c.buffer.lendMore(mostLent(t, c, sendLimit(t)))
}

/** What leaves in one write: a remainder would cost a further write, with a small segment at its end. */
function mostLent({ settings }: TcpContext, { maxSegmentBytes }: TcpConnection, limit: number): number {
  const most = Math.floor(limit / lentPerBuffer / maxSegmentBytes)
  const segments = Math.min(most, segmentsPerBatch(settings.mtu, maxSegmentBytes))
  return Math.max(leastLentBytes, segments * maxSegmentBytes)
}

/** `count` bytes were read into the lent region. */
export function takeBackPlace(t: TcpContext, c: TcpConnection, count: number): void {
  const isOver = c.phase >= phase.timeWait || c.hostEnded
  c.buffer.takeBack(isOver ? 0 : count)
  if (isOver) return
  noteAnswer(t, c)
  const limit = sendLimit(t)
  if (c.buffer.length > limit * (1 - freeShare) - leastLentBytes) setReading(c, false)
  t.touch(c)
}

/** The host socket was reset. Data received before still reaches the guest. */
export function hostIsReset(t: TcpContext, c: TcpConnection): void {
  if (c.phase >= phase.timeWait) return
  t.counters.resetByHost += 1
  if (c.phase === phase.dialling) dialFailed(t, c, 'refused')
  else if (c.phase === phase.open && c.buffer.length > 0) {
    c.host = undefined
    c.resetAfterData = true
  } else abort(t, c)
}

/** Resumes reading from the host when its send buffer is at most half full. */
export function readAgain(t: TcpContext, c: TcpConnection): void {
  if (!c.isReading && c.buffer.length <= sendLimit(t) >> 1) setReading(c, true)
}

/**
 * Halved when many connections are active, so that packet memory serves more of them; minimal beyond the total
 * limit.
 */
function sendLimit(t: TcpContext): number {
  const { sendBytes, totalSendBytes } = t.settings
  const { usedBytes } = t.pool
  if (usedBytes >= totalSendBytes) return sendBytes >> 5
  return usedBytes < totalSendBytes >> 3 ? sendBytes : sendBytes >> 1
}

function setReading(c: TcpConnection, isWanted: boolean): void {
  if (c.isReading === isWanted || c.hostEnded) return
  c.isReading = isWanted
  c.host?.setReading(isWanted)
}
