/**
 * Input from the host: bytes go to the send buffer, the FIN behind them, and reading pauses while there is no room.
 */
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { noteAnswer } from './delayed-ack.ts'
import { dialFailed } from './open.ts'
import { abort } from './reset.ts'

/** Of places in send buffers that are lent: how many fill one, and what is not worth a read. */
const lentPerBuffer = 4
const leastLentBytes = 64 * 1024

/** Bytes that are copied. */
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

/** A place in the send buffer for the host's next bytes; undefined: there is none now. */
export function lendPlace(t: TcpContext, c: TcpConnection): Uint8Array | undefined {
  if (c.phase !== phase.open || c.hostEnded || t.pool.usedBytes >= t.settings.totalSendBytes) return undefined
  const limit = sendLimit(t)
  return c.buffer.lend(limit, leastLentBytes, limit / lentPerBuffer)
}

/** The number of bytes read into the lent region. */
export function takeBackPlace(t: TcpContext, c: TcpConnection, count: number): void {
  const isOver = c.phase >= phase.timeWait || c.hostEnded
  c.buffer.takeBack(isOver ? 0 : count)
  if (isOver) return
  noteAnswer(t, c)
  // So that there is a place for the first bytes when reading continues.
  const limit = sendLimit(t)
  if (c.buffer.length + limit / lentPerBuffer > limit - leastLentBytes) setReading(c, false)
  t.touch(c)
}

/** The host's end is gone. What it had sent before still reaches the guest. */
export function hostIsReset(t: TcpContext, c: TcpConnection): void {
  if (c.phase >= phase.timeWait) return
  t.counters.resetByHost += 1
  if (c.phase === phase.dialling) dialFailed(t, c, 'refused')
  else if (c.phase === phase.open && c.buffer.length > 0) {
    c.host = undefined
    c.resetAfterData = true
  } else abort(t, c)
}

/** The host is read again when half of what it may have in the buffer is gone. */
export function readAgain(t: TcpContext, c: TcpConnection): void {
  if (!c.isReading && c.buffer.length <= sendLimit(t) >> 1) setReading(c, true)
}

/** Half of it when many are busy, so that packet memory is enough for more of them, and little when too much is held. */
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
