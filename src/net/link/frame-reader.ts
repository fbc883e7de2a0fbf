/**
 * Splits the data of a link's socket into frames without copying, and coalesces consecutive TCP segments of one
 * flow (wasm/gro.ts). New bytes are always read to the same offset; an incomplete frame is moved directly before
 * it.
 *
 *   | room for the carry ...... carry | bytes just read ................ |
 *                                     ^ readAt
 */
import { packetMemory } from '../storage/packet-memory.ts'
import { type TcpFrame, tcpFrame4, tcpFrame6 } from '../wasm/frame-layout.ts'
import { etherType } from '../wire/ethernet.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { type Framing, prefixBytesOf } from './link.ts'

/** Minimum frame: destination, source and type. */
const minFrameBytes = 14
const maxFrameBytes = 65_550
const readAt = 65_600
/** Upper bound of the data that one read returns. */
const readBytes = 512 * 1024
/** Piece of packet memory. */
const bufferBytes = 1024 * 1024

export interface FrameHandler {
  /** A frame; its bytes are valid until `burstEnded`. */
  frame(packet: PacketBuffer, at: number, end: number): void
  /** End of the current data. */
  burstEnded(): void
}

export class FrameReader implements Disposable {
  readonly packet: PacketBuffer = packetMemory.takeBuffer(bufferBytes)
  /** Read buffer of the socket. */
  readonly target: Uint8Array = this.packet.bytes.subarray(readAt, readAt + readBytes)
  /** Verify checksums, unless the guests of the link do not fill them. */
  readonly #verifies: boolean
  /** Coalesce segments; disabled during captures, which record each frame. */
  joins = true
  /** Number of coalesced frames and the size of their headers; reset by the reader of the counters. */
  joinedFrames = 0
  joinedBytes = 0
  readonly #prefixBytes: 4 | 2
  #carried = 0

  /**
   * @param isOffloaded guests use TCP and UDP checksum offload, and the virtual card does not fill the checksums
   */
  constructor(framing: Framing, isOffloaded = false) {
    this.#verifies = !isOffloaded
    this.#prefixBytes = prefixBytesOf(framing)
  }

  /**
   * Processes `bytes` read into `target`. Returns false if a length is invalid, which makes the stream unusable.
   */
  advance(bytes: number, handler: FrameHandler): boolean {
    const { packet } = this
    const prefixBytes = this.#prefixBytes
    const verifies = this.#verifies ? 1 : 0
    const kernel = this.joins ? packet.kernel : undefined
    const end = readAt + bytes
    let at = readAt - this.#carried
    let isSound = true
    while (at + prefixBytes <= end) {
      const length = prefixBytes === 4 ? packet.view.getUint32(at) : packet.view.getUint16(at, true)
      if (length < minFrameBytes || length > maxFrameBytes) {
        isSound = false
        break
      }
      const frameAt = at + prefixBytes
      const next = frameAt + length
      if (next > end) break
      at = next
      let frameEnd = next
      if (kernel !== undefined && next + prefixBytes + minFrameBytes < end) {
        const base = packet.address
        const isIpv6 = packet.view.getUint16(frameAt + 12) === etherType.ipv6
        const coalesce = isIpv6 ? kernel.coalesce6 : kernel.coalesce4
        at = coalesce(base + frameAt, base + next, base + end, prefixBytes, verifies) - base
        if (at !== next) frameEnd = this.#joined(frameAt, at, isIpv6 ? tcpFrame6 : tcpFrame4)
      }
      packet.isVerified = verifies === 0 || at !== next
      handler.frame(packet, frameAt, frameEnd)
    }
    handler.burstEnded()
    if (!isSound) return false
    this.#carried = end - at
    packet.bytes.copyWithin(readAt - this.#carried, at, end)
    return true
  }

  /** Frames up to `next` were coalesced. Returns the end of the coalesced frame. */
  #joined(frameAt: number, next: number, layout: TcpFrame): number {
    const frameEnd = frameAt + layout.countedFrom + this.packet.view.getUint16(frameAt + layout.length)
    const tcpBytes = (this.packet.view.getUint8(frameAt + layout.headerWords) >> 4) << 2
    const headerBytes = layout.tcp + tcpBytes
    const frames = (next - frameEnd) / (this.#prefixBytes + headerBytes)
    this.joinedFrames += frames
    this.joinedBytes += frames * headerBytes
    return frameEnd
  }

  /** Processes bytes in another buffer. */
  feed(chunk: Uint8Array, handler: FrameHandler): boolean {
    for (let at = 0; at < chunk.length; at += readBytes) {
      const part = chunk.subarray(at, at + readBytes)
      this.target.set(part)
      if (!this.advance(part.length, handler)) return false
    }
    return true
  }

  /** Call when its memory is no longer used for reads. */
  [Symbol.dispose](): void {
    packetMemory.give(this.packet.bytes)
  }
}
