/** Listener of one port mapping, for any protocol. */
import type { OwnSocket } from './tcp/own-socket.ts'

export interface Listener {
  /** Current connections and UDP clients. */
  readonly flows: number
  /** File of a unix socket, which other processes may remove or change. */
  readonly file?: OwnSocket
  /** Stops listening; flows end after the grace period, or now. */
  close(flows: 'grace' | 'now'): Promise<void>
}
