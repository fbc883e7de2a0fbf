/** Link over a stream socket: frame input, batched frame output, and close. */
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type FrameHandler, FrameReader } from '../../link/frame-reader.ts'
import { type Framing, type Inserts, Link, type LinkSocket } from '../../link/link.ts'
import { linkBuffers } from '../../link/link-buffers.ts'
import type { PacketBuffer } from '../../wire/packet.ts'
import type { EventLoop } from '../event-loop.ts'
import type { Gather } from '../linux/writev.ts'
import { withOwnBuffer } from '../node/own-buffer.ts'
import { fdForSending, sendDirectly } from '../node/send.ts'
import { setSendBuffer } from './socket-buffers.ts'

/** A guest's link; `closed` resolves when it is closed, with the error if there was one. */
export interface LinkHandle {
  readonly id: number
  readonly closed: Promise<string | undefined>
  close(): void
}

let lastId = 0

interface AttachOptions {
  /** Guests use TCP and UDP checksum offload, and the virtual card does not fill the checksums. */
  isOffloaded?: boolean
  /** See Link. */
  isTrunk?: boolean
}

export function attachLink(
  loop: EventLoop,
  stream: Duplex,
  framing: Framing,
  { isOffloaded = false, isTrunk = false }: AttachOptions = {},
): LinkHandle {
  lastId += 1
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const options = { id: lastId, framing, isOffloaded, isTrunk, closed: resolve }
  const adapter = new LinkAdapter(loop, stream, options)
  return { id: lastId, closed: promise, close: () => adapter.close() }
}

interface LinkOptions {
  id: number
  framing: Framing
  isOffloaded: boolean
  isTrunk: boolean
  closed: (reason: string | undefined) => void
}

/** A slow guest leaves many small writes; keeping a whole batch for each would waste memory. */
const worthBatchBytes = 64 * 1024

class LinkAdapter implements LinkSocket {
  readonly #loop: EventLoop
  readonly #stream: Duplex
  readonly #link: Link
  readonly #reader: FrameReader
  /** Sockets only. */
  readonly #gather: Gather | undefined
  /** Pending writes in order; a batch if the kernel did not accept all of it. */
  readonly #writes: (PacketBuffer | 'copy' | undefined)[] = []
  readonly #onWritten = () => this.#written()
  #reason: string | undefined

  constructor(loop: EventLoop, given: Duplex, { id, framing, isOffloaded, isTrunk, closed }: LinkOptions) {
    this.#loop = loop
    this.#reader = new FrameReader(framing, isOffloaded)
    this.#link = new Link(id, framing, this, loop.batches, isTrunk)
    // Data received before the link was attached.
    const early: unknown = given.isPaused() || given.readableFlowing === null ? given.read() : null
    this.#stream = this.#reading(given)
    if (this.#stream instanceof Socket) {
      this.#gather = loop.gather
      setSendBuffer(this.#stream, linkBuffers(loop.stack.addresses.mtu).socketBytes)
    }
    loop.stack.addLink(this.#link)
    this.#stream.on('error', (error: Error) => {
      this.#reason = error.message
    })
    this.#stream.on('end', () => this.close())
    this.#stream.on('close', () => {
      this.#link.isUp = false
      loop.batches.give(this.#link.batch)
      this.#reader[Symbol.dispose]()
      loop.run((stack) => stack.removeLink(this.#link))
      closed(this.#reason)
    })
    if (early instanceof Uint8Array) this.#taken((handler) => this.#reader.feed(early, handler))
  }

  get queuedBytes(): number {
    return this.#stream.writableLength
  }

  get canGather(): boolean {
    return this.#gather !== undefined && !this.#loop.captures.any
  }

  send(batch: PacketBuffer, bytes: number, inserts: Inserts): PacketBuffer {
    const stream = this.#stream
    if (stream.destroyed) return batch
    if (inserts.count > 0) return this.#sendGathered(batch, bytes, inserts)
    const { captures } = this.#loop
    if (captures.any) captures.batch(batch, bytes, this.#link.prefixBytes)
    const sent = stream instanceof Socket ? sendDirectly(stream, batch.bytes, 0, bytes) : 0
    return sent === bytes ? batch : this.#write(batch, sent, bytes)
  }

  /** Data that the kernel does not accept immediately is copied to a new batch. */
  #sendGathered(batch: PacketBuffer, bytes: number, { count, entries }: Inserts): PacketBuffer {
    const gather = this.#gather!
    gather.clear()
    let at = 0
    for (let i = 0; i < 3 * count; i += 3) {
      const next = entries[i]!
      gather.add(batch.address + at, next - at)
      gather.add(entries[i + 1]!, entries[i + 2]!)
      at = next
    }
    gather.add(batch.address + at, bytes - at)
    const fd = fdForSending(this.#stream as Socket)
    const sent = fd < 0 ? 0 : gather.send(fd)
    const left = gather.total - sent
    if (left === 0) return batch
    const rest = this.#loop.batches.take()
    gather.copyRest(sent, rest.bytes)
    this.#loop.batches.give(this.#write(rest, 0, left))
    return batch
  }

  /** Writes through the stream, which waits and reports errors. Returns a free batch. */
  #write(batch: PacketBuffer, start: number, end: number): PacketBuffer {
    const stream = this.#stream
    const isSmall = end - start < worthBatchBytes
    this.#writes.push(undefined)
    stream.write(batch.bytes[isSmall ? 'slice' : 'subarray'](start, end), this.#onWritten)
    if (stream.writableLength === 0) return batch
    this.#writes[this.#writes.length - 1] = isSmall ? 'copy' : batch
    return isSmall ? batch : this.#loop.batches.take()
  }

  close(): void {
    this.#stream.destroy()
  }

  /** Passes the stream's data to the reader. */
  #reading(given: Duplex): Duplex {
    const { target } = this.#reader
    const callback = (bytes: number) => {
      this.#taken((handler) => this.#reader.advance(bytes, handler))
      return true
    }
    const own = given instanceof Socket ? withOwnBuffer(given, { buffer: target, callback }) : undefined
    if (own !== undefined) return own
    return given.on('data', (chunk: Uint8Array) =>
      this.#taken((handler) => this.#reader.feed(chunk, handler)),
    )
  }

  #taken(read: (handler: FrameHandler) => boolean): void {
    const stack = this.#loop.begin()
    stack.from = this.#link
    const { captures } = this.#loop
    const reader = this.#reader
    reader.joins = !captures.any
    const isSound = read(captures.any ? captures.before(stack) : stack)
    const { counters } = this.#link
    counters.framesIn += reader.joinedFrames
    counters.bytesIn += reader.joinedBytes
    reader.joinedFrames = 0
    reader.joinedBytes = 0
    this.#loop.end()
    if (isSound) return
    this.#loop.stack.drops.malformed += 1
    this.#reason = 'invalid frame length'
    this.close()
  }

  #written(): void {
    const batch = this.#writes.shift()
    if (batch === undefined) return
    if (batch !== 'copy') this.#loop.batches.give(batch)
    if (this.#stream.destroyed) return
    this.#loop.begin().linkDrained()
    this.#loop.end()
  }
}
