/**
 * A guest's link: frames are appended to a batch, each with a length prefix, and sent in one write. Framings
 * differ in the length prefix only: u32 big-endian for QEMU's stream netdev, u16 little-endian for VMN3T and
 * gvproxy. A large payload is not copied into the batch: its address and position are recorded, and the socket
 * gathers them (writev).
 */
import type { PacketBuffer } from '../wire/packet.ts'
import type { Batches } from './batches.ts'

export type Framing = 'u32-be' | 'u16-le'

/** Size of the length prefix. The size also implies the byte order, here, in captures and in wasm/gro.ts. */
export function prefixBytesOf(framing: Framing): 4 | 2 {
  switch (framing) {
    case 'u32-be':
      return 4
    case 'u16-le':
      return 2
  }
}

/** Transport of the link; the adapter owns the socket. */
export interface LinkSocket {
  /**
   * Sends the first `bytes` of the batch. Returns the batch to fill next: the same one if everything was sent.
   */
  send(batch: PacketBuffer, bytes: number, inserts: Inserts): PacketBuffer
  /** Whether it supports zero-copy inserts. */
  readonly canGather: boolean
  /** Bytes that the kernel has not accepted yet. */
  readonly queuedBytes: number
  close(): void
}

/** Payloads in packet memory to insert between the bytes of a batch. Valid during `send` only. */
export interface Inserts {
  count: number
  /** For each: its offset in the batch, its address in packet memory, its size. */
  readonly entries: Int32Array
  /** Size of all inserts. */
  bytes: number
}

export const maxInserts = 240
/** Beyond this, frames such as ACKs are dropped, as on a real wire: the guest is considered dead. */
const lostAtBytes = 4 * 1024 * 1024

export interface LinkCounters {
  framesIn: number
  bytesIn: number
  framesOut: number
  bytesOut: number
  /** Frames dropped because the guest does not read. */
  framesLost: number
}

export class Link {
  readonly id: number
  /**
   * Connects to another machine's switch: its frames are forwarded to local guests only, never to the gateway or
   * a third switch.
   */
  readonly isTrunk: boolean
  readonly prefixBytes: 4 | 2
  readonly counters: LinkCounters = { framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0, framesLost: 0 }
  batch: PacketBuffer
  /** Filled bytes of the batch. */
  filled = 0
  isUp = true
  /** The last source MAC on the link, to avoid a lookup per frame. */
  lastMacHigh = -1
  lastMacLow = 0
  readonly #inserts: Inserts = { count: 0, entries: new Int32Array(3 * maxInserts), bytes: 0 }
  readonly #socket: LinkSocket
  readonly #batchBytes: number

  constructor(id: number, framing: Framing, socket: LinkSocket, batches: Batches, isTrunk = false) {
    this.id = id
    this.isTrunk = isTrunk
    this.prefixBytes = prefixBytesOf(framing)
    this.#socket = socket
    this.#batchBytes = batches.bytes
    this.batch = batches.take()
  }

  /**
   * No more data for now: the kernel's buffer is full, so a guest that does not read stops its senders.
   * `Stack.linkDrained` is called when there is room again.
   */
  get isBlocked(): boolean {
    return !this.isUp || this.#socket.queuedBytes > 0
  }

  /** Limit of a two-byte length. Our own frames are smaller, but other guests' may not be. */
  get maxFrameBytes(): number {
    return this.prefixBytes === 2 ? 0xffff : Number.POSITIVE_INFINITY
  }

  get canGather(): boolean {
    return this.batch.kernel !== undefined && this.#socket.canGather
  }

  /** Number of frames of this size that still fit in the batch. */
  roomFor(frameBytes: number): number {
    const room = this.#batchBytes - this.filled - this.#inserts.bytes
    return Math.floor(room / (this.prefixBytes + frameBytes))
  }

  /** Offset in `batch` for a frame of up to `frameBytes`; -1: the frame is dropped. */
  reserve(frameBytes: number): number {
    const inserts = this.#inserts
    const needed = this.filled + inserts.bytes + this.prefixBytes + frameBytes
    if (needed > this.#batchBytes || inserts.count + 2 > maxInserts) this.flush()
    if (!this.isUp || this.#socket.queuedBytes >= lostAtBytes) {
      this.counters.framesLost += 1
      return -1
    }
    return this.filled + this.prefixBytes
  }

  /** Appends the frame written at the last reserved offset. */
  commit(frameBytes: number): void {
    this.#commit(frameBytes, frameBytes)
  }

  /** Appends a frame of which only the headers were written; its payload follows by `insert`. */
  commitHeaders(headerBytes: number, frameBytes: number): void {
    this.#commit(headerBytes, frameBytes)
  }

  /** Appends bytes of packet memory. */
  insert(address: number, bytes: number): void {
    const inserts = this.#inserts
    const at = 3 * inserts.count
    inserts.entries[at] = this.filled
    inserts.entries[at + 1] = address
    inserts.entries[at + 2] = bytes
    inserts.count += 1
    inserts.bytes += bytes
  }

  /** Appends frames that were written with their length prefixes, starting at the last reserved offset. */
  commitRun(frames: number, frameBytes: number): void {
    this.filled += frames * (this.prefixBytes + frameBytes)
    this.counters.framesOut += frames
    this.counters.bytesOut += frames * frameBytes
  }

  /** Writes the length prefix. */
  writePrefix(view: DataView, at: number, frameBytes: number): void {
    if (this.prefixBytes === 4) view.setUint32(at, frameBytes)
    else view.setUint16(at, frameBytes, true)
  }

  /** Sends the batch. */
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
