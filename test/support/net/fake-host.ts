/** Host end of a connection, controlled by a test. */
import type { HostStream } from '../../../src/net/core/host-stream.ts'
import type { TcpConnection } from '../../../src/net/tcp/connection.ts'

export class FakeHost implements HostStream {
  readonly connection: TcpConnection | undefined
  readonly received: number[] = []
  /** Bytes that the host has not read; set by tests. */
  queuedBytes = 0
  isEnded = false
  isReset = false
  isReading = false
  writes = 0

  constructor(connection?: TcpConnection) {
    this.connection = connection
  }

  write(bytes: Uint8Array, start: number, end: number): void {
    this.writes += 1
    for (let i = start; i < end; i += 1) this.received.push(bytes[i]!)
  }

  end(): void {
    this.isEnded = true
  }

  setReading(isWanted: boolean): void {
    this.isReading = isWanted
  }

  reset(): void {
    this.isReset = true
  }
}
