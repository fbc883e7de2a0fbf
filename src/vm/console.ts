/** The VM's serial console: one connection to QEMU, any number of viewers, and what was said before. */

import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

const scrollbackBytes = 64 * 1024
/** A viewer that does not read loses output rather than holding the others up. */
const viewerBacklogBytes = 1024 * 1024

export class Console implements AsyncDisposable {
  readonly #socket: Socket
  readonly #viewers = new Set<Duplex>()
  #scrollback: Buffer[] = []
  #scrollbackBytes = 0

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => this.#broadcast(chunk))
  }

  /** Sends the scrollback, then everything new; what the viewer sends is typed into the VM. */
  attach(viewer: Duplex): void {
    for (const chunk of this.#scrollback) viewer.write(chunk)
    this.#viewers.add(viewer)
    viewer.on('data', (chunk: Buffer) => void this.#socket.write(chunk))
    // One that leaves gets what was written for it so far.
    viewer.on('end', () => viewer.end())
    viewer.on('error', () => {})
    viewer.on('close', () => this.#viewers.delete(viewer))
  }

  /** The last lines, for an error message. */
  tail(lines: number): string {
    const text = Buffer.concat(this.#scrollback).toString('utf8')
    return text.trimEnd().split(/\r?\n/).slice(-lines).join('\n')
  }

  #broadcast(chunk: Buffer): void {
    this.#scrollback.push(chunk)
    this.#scrollbackBytes += chunk.length
    while (this.#scrollbackBytes > scrollbackBytes && this.#scrollback.length > 1) {
      this.#scrollbackBytes -= this.#scrollback.shift()?.length ?? 0
    }
    for (const viewer of this.#viewers) {
      if (viewer.writableLength < viewerBacklogBytes) viewer.write(chunk)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
    for (const viewer of this.#viewers) viewer.end()
  }
}
