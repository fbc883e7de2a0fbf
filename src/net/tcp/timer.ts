/**
 * Expiry of a connection's single timer: SYN retransmission, retransmission, window probe or TIME-WAIT. It is set
 * by open.ts, transmit.ts (`armRetransmission`) and burst-end.ts, and cleared by acknowledge.ts, open.ts and
 * path-mtu.ts. Delayed ACKs have a list instead (delayed-ack.ts).
 */
import { phase, type TcpConnection } from './connection.ts'
import type { TcpContext } from './context.ts'
import { timeOut } from './recovery.ts'
import { abort } from './reset.ts'

export function timerExpired(t: TcpContext, c: TcpConnection): void {
  if (c.phase === phase.timeWait) {
    t.forget(c)
    return
  }
  if (timeOut(t, c)) return
  t.counters.timedOut += 1
  c.host?.reset()
  abort(t, c)
}
