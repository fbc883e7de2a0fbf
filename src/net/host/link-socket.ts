/** A link on a stream socket: frames in from its bytes, batches of frames out, and its end. */
import type { Duplex } from 'node:stream'
import { FrameReader } from '../link/frames.ts'
import { type Framing, Link, type LinkSocket, newBatch } from '../link/link.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { Pump } from './pump.ts'

/** Batches kept for use again; a link in trouble may have more under way. */
const maxSpare = 8

/** A guest's link; `closed` resolves when it is gone, with the reason if it was not simply closed. */
export interface LinkHandle {
  readonly id: number
  readonly closed: Promise<string | undefined>
  close(): void
}

let lastId = 0

export function attachLink(pump: Pump, stream: Duplex, framing: Framing): LinkHandle {
  lastId += 1
  const adapter = new LinkAdapter(pump, stream)
  const link = new Link(lastId, framing, adapter)
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  adapter.serve(link, framing, resolve)
  return { id: link.id, closed: promise, close: () => stream.destroy() }
}

class LinkAdapter implements LinkSocket {
  readonly #pump: Pump
  readonly #stream: Duplex
  readonly #spare: PacketBuffer[] = []
  /** Writes that Node has not reported yet, in order; a batch where the kernel did not take all of it. */
  readonly #writes: (PacketBuffer | undefined)[] = []
  readonly #onWritten = () => this.#written()

  constructor(pump: Pump, stream: Duplex) {
    this.#pump = pump
    this.#stream = stream
  }

  get queuedBytes(): number {
    return this.#stream.writableLength
  }

  send(batch: PacketBuffer, bytes: number): PacketBuffer {
    const stream = this.#stream
    if (stream.destroyed) return batch
    this.#writes.push(undefined)
    stream.write(batch.bytes.subarray(0, bytes), this.#onWritten)
    if (stream.writableLength === 0) return batch
    this.#writes[this.#writes.length - 1] = batch
    return this.#spare.pop() ?? newBatch()
  }

  close(): void {
    this.#stream.destroy()
  }

  serve(link: Link, framing: Framing, closed: (reason: string | undefined) => void): void {
    const pump = this.#pump
    const reader = new FrameReader(framing)
    const { stack } = pump
    let reason: string | undefined
    stack.addLink(link)
    this.#stream.on('data', (chunk: Uint8Array) => {
      pump.begin().from = link
      const isSound = reader.feed(chunk, stack)
      pump.end()
      if (isSound) return
      reason = 'a frame has an impossible length'
      this.#stream.destroy()
    })
    this.#stream.on('error', (error: Error) => {
      reason = error.message
    })
    this.#stream.on('end', () => this.#stream.destroy())
    this.#stream.on('close', () => {
      link.isUp = false
      pump.begin().removeLink(link)
      pump.end()
      closed(reason)
    })
  }

  #written(): void {
    const batch = this.#writes.shift()
    if (batch === undefined) return
    if (this.#spare.length < maxSpare) this.#spare.push(batch)
    if (this.#stream.destroyed) return
    this.#pump.begin().linkDrained()
    this.#pump.end()
  }
}
