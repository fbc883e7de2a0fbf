/** The host's end of a TCP connection, as the engine sees it: a socket, or a service of the gateway. */

export interface HostStream {
  /** Takes in-order bytes from the guest; the buffer is the caller's again when this returns. */
  write(bytes: Uint8Array, start: number, end: number): void
  /** The same for several pieces of a buffer, `edges` the start and end of each; without it they come one by one. */
  writePieces?(bytes: Uint8Array, edges: Int32Array, pieces: number): void
  /** Bytes that write() took and the host's kernel does not have yet: they close the guest's window. */
  readonly queuedBytes: number
  /** The guest sends no more: half-close, after everything written. */
  end(): void
  /** Whether the engine has room for bytes from the host. */
  setReading(isWanted: boolean): void
  /** Ends it at once, as a reset where that is possible. */
  reset(): void
}
