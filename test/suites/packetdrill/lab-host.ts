/** A socket of the lab's host, whose program reads only when a script says so. */
import type { HostStream } from '../../../src/net/core/host-stream.ts'
import type { TcpConnection } from '../../../src/net/tcp/connection.ts'
import type { Lab } from '../../support/net/lab.ts'
import type { HostEnd } from './subject.ts'

export class LabHost implements HostStream, HostEnd {
  connection: TcpConnection | undefined
  readonly #lab: Lab
  /** The guest has answered; before, the forwarder does not read the host. */
  #isOpen: boolean
  #received = 0
  #taken = 0
  /** What the program wrote and the forwarder has not read. */
  #unsent = 0
  #isGuestDone = false
  #isShutDown = false
  #isClosed = false
  #isReset = false
  #hasError = false

  constructor(lab: Lab, connection?: TcpConnection) {
    this.#lab = lab
    this.connection = connection
    this.#isOpen = connection !== undefined
  }

  // The forwarder's side

  /** The kernel's buffer is as if it had no room: what the program has not read closes the window. */
  get queuedBytes(): number {
    return this.#received - this.#taken
  }

  write(_bytes: Uint8Array, start: number, end: number): void {
    this.#received += end - start
  }

  end(): void {
    this.#isGuestDone = true
  }

  setReading(isWanted: boolean): void {
    if (isWanted) this.#isOpen = true
  }

  reset(): void {
    this.#isReset = true
    this.#hasError = true
  }

  // The program's side

  send(bytes: number): void {
    this.#unsent += bytes
    this.settle()
  }

  receive(bytes: number, isPeek: boolean): number | 'again' | 'reset' {
    const count = Math.min(bytes, this.#received - this.#taken)
    if (count === 0) {
      if (this.#isReset) return 'reset'
      return this.#isGuestDone ? 0 : 'again'
    }
    if (isPeek) return count
    this.#taken += count
    const { connection } = this
    if (connection !== undefined) this.#lab.act((stack) => stack.tcp.hostDrained(connection))
    return count
  }

  shutDown(): void {
    this.#isShutDown = true
    this.settle()
  }

  close(): void {
    this.#isClosed = true
    this.shutDown()
  }

  takeError(): boolean {
    const hadError = this.#hasError
    this.#hasError = false
    return hadError
  }

  /** After anything happened: what the host's kernel does by itself. */
  settle(): void {
    const { connection } = this
    if (!this.#isOpen || connection === undefined || this.#isReset) return
    const bytes = new Uint8Array(this.#unsent).fill(0x78)
    this.#unsent = 0
    if (bytes.length > 0) this.#lab.act((stack) => stack.tcp.hostData(connection, bytes, 0, bytes.length))
    if (this.#isShutDown && !connection.hostEnded) this.#lab.act((stack) => stack.tcp.hostEnded(connection))
    // Text after close() has nobody to read it.
    if (!this.#isClosed || this.queuedBytes === 0) return
    this.#isReset = true
    this.#lab.act((stack) => stack.tcp.hostReset(connection))
  }
}
