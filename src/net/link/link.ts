/**
 * One guest's link: frames for it are laid one after another into a batch, each behind its length, and go out
 * in one write. Which framing is a matter of the length's size alone: u32 big-endian for QEMU's stream netdev,
 * u16 little-endian for VMN3T and gvproxy. A large payload is not copied into the batch: it is noted where it lies
 * and where it belongs, and the socket gathers.
 */
import type { PacketBuffer } from '../wire/packet.ts'
import { type Batches, batchBytes } from './batches.ts'

export type Framing = 'u32-be' | 'u16-le'

/** Size of the length prefix. The size alone selects the byte order too, here, in captures and in wasm/gro.ts. */
export function prefixBytesOf(framing: Framing): 4 | 2 {
  switch (framing) {
    case 'u32-be':
      return 4
    case 'u16-le':
      return 2
  }
}

/** What carries the bytes; the adapter has the socket. */
export interface LinkSocket {
  /** Sends the first `bytes` of the batch. Gives the batch to fill next: the same one if nothing was left. */
  send(batch: PacketBuffer, bytes: number, inserts: Inserts): PacketBuffer
  /** Whether it can send inserts from where they lie. */
  readonly canGather: boolean
  /** Bytes that the kernel did not take yet. */
  readonly queuedBytes: number
  close(): void
}

/** Payloads in packet memory that belong between the bytes of a batch. They stay as they are during `send` only. */
export interface Inserts {
  count: number
  /** For each: before which byte of the batch, where in packet memory, how many bytes. */
  readonly entries: Int32Array
  /** Of all together. */
  bytes: number
}

export const maxInserts = 240
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
  /** To another machine's switch: what comes from it is for guests here, never for us or for a third switch. */
  readonly isTrunk: boolean
  readonly prefixBytes: 4 | 2
  readonly counters: LinkCounters = { framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0, framesLost: 0 }
  batch: PacketBuffer
  /** Bytes of the batch that are filled. */
  filled = 0
  isUp = true
  /** The MAC that was last seen on it, so that not every frame is looked up. */
  lastMacHigh = -1
  lastMacLow = 0
  readonly #inserts: Inserts = { count: 0, entries: new Int32Array(3 * maxInserts), bytes: 0 }
  readonly #socket: LinkSocket

  constructor(id: number, framing: Framing, socket: LinkSocket, batches: Batches, isTrunk = false) {
    this.id = id
    this.isTrunk = isTrunk
    this.prefixBytes = prefixBytesOf(framing)
    this.#socket = socket
    this.batch = batches.take()
  }

  /**
   * No more data for now: the kernel has as much as it takes, and a guest that does not read stops its senders.
   * `Stack.linkDrained` is called when there is room again.
   */
  get isBlocked(): boolean {
    return !this.isUp || this.#socket.queuedBytes > 0
  }

  /** A length of two bytes says no more. Our own frames are shorter, those of other guests may not be. */
  get maxFrameBytes(): number {
    return this.prefixBytes === 2 ? 0xffff : Number.POSITIVE_INFINITY
  }

  get canGather(): boolean {
    return this.batch.kernel !== undefined && this.#socket.canGather
  }

  /** Frames of this size that fit the batch as it is. */
  roomFor(frameBytes: number): number {
    const room = batchBytes - this.filled - this.#inserts.bytes
    return Math.floor(room / (this.prefixBytes + frameBytes))
  }

  /** Where to write a frame of up to `frameBytes` into `batch`, or -1 when it is lost. */
  reserve(frameBytes: number): number {
    const inserts = this.#inserts
    const needed = this.filled + inserts.bytes + this.prefixBytes + frameBytes
    if (needed > batchBytes || inserts.count + 2 > maxInserts) this.flush()
    if (!this.isUp || this.#socket.queuedBytes >= lostAtBytes) {
      this.counters.framesLost += 1
      return -1
    }
    return this.filled + this.prefixBytes
  }

  /** The frame that was written at the last reserved place. */
  commit(frameBytes: number): void {
    this.#commit(frameBytes, frameBytes)
  }

  /** The same, when only its headers were: its payload is the inserts that follow. */
  commitHeaders(headerBytes: number, frameBytes: number): void {
    this.#commit(headerBytes, frameBytes)
  }

  /** Bytes of packet memory that come next. */
  insert(address: number, bytes: number): void {
    const inserts = this.#inserts
    const at = 3 * inserts.count
    inserts.entries[at] = this.filled
    inserts.entries[at + 1] = address
    inserts.entries[at + 2] = bytes
    inserts.count += 1
    inserts.bytes += bytes
  }

  /** Frames that were written with their length prefixes at the last reserved place and behind it. */
  commitRun(frames: number, frameBytes: number): void {
    this.filled += frames * (this.prefixBytes + frameBytes)
    this.counters.framesOut += frames
    this.counters.bytesOut += frames * frameBytes
  }

  /** The length before the frame. */
  writePrefix(view: DataView, at: number, frameBytes: number): void {
    if (this.prefixBytes === 4) view.setUint32(at, frameBytes)
    else view.setUint16(at, frameBytes, true)
  }

  /** Hands what is filled to the kernel. */
  flush(): void {
    if (this.filled === 0) return
    const bytes = this.filled
    const inserts = this.#inserts
    this.filled = 0
    if (this.isUp) this.batch = this.#socket.send(this.batch, bytes, inserts)
    inserts.count = 0
    inserts.bytes = 0
  }

  close(): void {
    this.isUp = false
    this.filled = 0
    this.#inserts.count = 0
    this.#inserts.bytes = 0
    this.#socket.close()
  }

  #commit(writtenBytes: number, frameBytes: number): void {
    this.writePrefix(this.batch.view, this.filled, frameBytes)
    this.filled += this.prefixBytes + writtenBytes
    this.counters.framesOut += 1
    this.counters.bytesOut += frameBytes
  }
}
