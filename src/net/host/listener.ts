/** What listens for one port mapping, whatever the protocol. */
import type { OwnSocket } from './tcp/own-socket.ts'

export interface Listener {
  /** Connections and UDP clients of now. */
  readonly flows: number
  /** Of a unix socket: its file, which others may remove or change. */
  readonly file?: OwnSocket
  /** Stops listening; flows end after a grace, or at once. */
  close(flows: 'grace' | 'now'): Promise<void>
}
