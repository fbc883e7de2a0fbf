/**
 * One guest's link: frames for it are laid one after another into a batch, each behind its length, and go out
 * in one write. Which framing is a matter of the length's size alone: u32 big-endian for QEMU's stream netdev,
 * u16 little-endian for VMN3T and gvproxy.
 */
import type { PacketBuffer } from '../wire/packet.ts'
import { type Batches, batchBytes } from './batches.ts'

export type Framing = 'u32-be' | 'u16-le'

/** What carries the bytes; the adapter has the socket. */
export interface LinkSocket {
  /** Sends the first `bytes` of the batch. Gives the batch to fill next: the same one if nothing was left. */
  send(batch: PacketBuffer, bytes: number): PacketBuffer
  /** Bytes that the kernel did not take yet. */
  readonly queuedBytes: number
  close(): void
}

/** Data waits while so much is queued; a guest that does not read stops its senders. */
const blockedAtBytes = 512 * 1024
/** Beyond this the guest is taken to be dead: ACKs and the like are lost, as on a real wire. */
const lostAtBytes = 4 * 1024 * 1024

export interface LinkCounters {
  framesIn: number
  bytesIn: number
  framesOut: number
  bytesOut: number
  /** Frames for a guest that does not read. */
  framesLost: number
}

export class Link {
  readonly id: number
  readonly prefixBytes: 4 | 2
  readonly counters: LinkCounters = { framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0, framesLost: 0 }
  batch: PacketBuffer
  /** Bytes of the batch that are filled. */
  filled = 0
  isUp = true
  /** The MAC that was last seen on it, so that not every frame is looked up. */
  lastMacHigh = -1
  lastMacLow = 0
  readonly #socket: LinkSocket

  constructor(id: number, framing: Framing, socket: LinkSocket, batches: Batches) {
    this.id = id
    this.prefixBytes = framing === 'u32-be' ? 4 : 2
    this.#socket = socket
    this.batch = batches.take()
  }

  /** No more data for now; `Stack.linkDrained` is called when there is room again. */
  get isBlocked(): boolean {
    return !this.isUp || this.#socket.queuedBytes >= blockedAtBytes
  }

  /** Where to write a frame of up to `frameBytes` into `batch`, or -1 when it is lost. */
  reserve(frameBytes: number): number {
    if (this.filled + this.prefixBytes + frameBytes > batchBytes) this.flush()
    if (!this.isUp || this.#socket.queuedBytes >= lostAtBytes) {
      this.counters.framesLost += 1
      return -1
    }
    return this.filled + this.prefixBytes
  }

  /** The frame that was written at the last reserved place. */
  commit(frameBytes: number): void {
    const { view } = this.batch
    if (this.prefixBytes === 4) view.setUint32(this.filled, frameBytes)
    else view.setUint16(this.filled, frameBytes, true)
    this.filled += this.prefixBytes + frameBytes
    this.counters.framesOut += 1
    this.counters.bytesOut += frameBytes
  }

  /** Hands what is filled to the kernel. */
  flush(): void {
    if (this.filled === 0) return
    const bytes = this.filled
    this.filled = 0
    if (this.isUp) this.batch = this.#socket.send(this.batch, bytes)
  }

  close(): void {
    this.isUp = false
    this.filled = 0
    this.#socket.close()
  }
}
