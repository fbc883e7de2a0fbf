/** Host end of a TCP connection: a socket or a gateway service. */

export interface HostStream {
  /** Takes in-order bytes from the guest; the buffer may be reused after the call. */
  write(bytes: Uint8Array, start: number, end: number): void
  /**
   * Takes several pieces of a buffer; `edges` has start and end of each. Optional: `write` is called for each
   * piece instead.
   */
  writePieces?(bytes: Uint8Array, edges: Int32Array, pieces: number): void
  /** Bytes that the host's kernel has not accepted yet: they reduce the guest's window. */
  readonly queuedBytes: number
  /** The guest has ended: half-close after all written data. */
  end(): void
  /** Whether the engine accepts data from the host. */
  setReading(isWanted: boolean): void
  /** Closes immediately, with a reset if possible. */
  reset(): void
}
