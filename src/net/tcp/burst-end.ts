/** Work of a connection at the end of a burst: data to both sides, then the ACK if no segment carried it. */
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { acknowledgeSoon } from './delayed-ack.ts'
import { readAgain } from './host-input.ts'
import { openWindow, passToHost } from './receive.ts'
import { abort } from './reset.ts'
import { transmit } from './transmit.ts'

/**
 * Processes the events of a burst: data to the host, data to the guest, then the ACK if no segment carried it.
 */
export function settle(t: TcpContext, c: TcpConnection): void {
  c.isTouched = false
  if (c.phase >= phase.timeWait) return
  passToHost(c)
  if (c.phase < phase.open) return
  readAgain(t, c)
  transmit(t, c)
  if (c.resetAfterData && c.buffer.length === 0) {
    abort(t, c)
    return
  }
  const isWindowNews = openWindow(t, c)
  if (isWindowNews || c.isAckDue) acknowledgeSoon(t, c, isWindowNews)
  c.bytesSettled = c.bytesFromGuest
  if (c.isFinAcked && c.isFinReceived) finish(t, c)
}

/** Both ends are closed (RFC 9293 section 3.6). */
function finish(t: TcpContext, c: TcpConnection): void {
  if (!c.isActiveClose) {
    t.forget(c)
    return
  }
  c.phase = phase.timeWait
  c.host = undefined
  c.buffer.release()
  t.timeWaits.add(c)
  t.wheel.set(c, t.nowMs + t.settings.timeWaitMs)
}
