/** The VM's serial console: one connection to QEMU, any number of viewers, and a scrollback buffer. */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

const scrollbackBytes = 64 * 1024
/** A slow viewer loses output instead of delaying the others. */
const viewerBacklogBytes = 1024 * 1024
const floodBytes = 4 * 1024 * 1024

export class Console implements AsyncDisposable {
  readonly #socket: Socket
  readonly #viewers = new Set<Duplex>()
  /** Ring buffer: a list of one-byte chunks would take a hundred times the memory. */
  readonly #scrollback = Buffer.alloc(scrollbackBytes)
  #written = 0
  /** Bytes since the log size was last checked. */
  #unseenBytes = 0
  /** Called after enough output that the console log may be too large. */
  onFlood: () => void = () => {}
  /** Receives all console output. */
  onText: (chunk: Buffer) => void = () => {}

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#broadcast(chunk))
  }

  /** Sends the scrollback, then new output; input from the viewer goes to the VM. */
  attach(viewer: Duplex): void {
    viewer.write(this.#before())
    this.#viewers.add(viewer)
    // Input is dropped if the guest does not read its console.
    viewer.on('data', (chunk: Buffer) => {
      if (this.#socket.writableLength < viewerBacklogBytes) this.#socket.write(chunk)
    })
    // A departing viewer gets the output written so far.
    viewer.on('end', () => viewer.end())
    viewer.on('error', () => {})
    viewer.on('close', () => this.#viewers.delete(viewer))
  }

  /** The last lines, for an error message. */
  tail(lines: number): string {
    const text = this.#before().toString('utf8')
    return text.trimEnd().split(/\r?\n/).slice(-lines).join('\n')
  }

  #broadcast(chunk: Buffer): void {
    this.#keep(chunk)
    this.onText(chunk)
    this.#unseenBytes += chunk.length
    if (this.#unseenBytes > floodBytes) {
      this.#unseenBytes = 0
      this.onFlood()
    }
    for (const viewer of this.#viewers) {
      if (viewer.writableLength < viewerBacklogBytes) viewer.write(chunk)
    }
  }

  #keep(chunk: Buffer): void {
    const last = chunk.subarray(-scrollbackBytes)
    const at = (this.#written + chunk.length - last.length) % scrollbackBytes
    const copied = last.copy(this.#scrollback, at)
    last.copy(this.#scrollback, 0, copied)
    this.#written += chunk.length
  }

  /** Copy of the scrollback, oldest first. */
  #before(): Buffer {
    const at = this.#written % scrollbackBytes
    if (this.#written < scrollbackBytes) return Buffer.from(this.#scrollback.subarray(0, at))
    return Buffer.concat([this.#scrollback.subarray(at), this.#scrollback.subarray(0, at)])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
    for (const viewer of this.#viewers) viewer.end()
  }
}
