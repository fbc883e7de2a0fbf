/**
 * Cuts what a link's socket gives into frames without copying them, and joins TCP segments of one flow that follow
 * each other into one frame (wasm/gro.ts). New bytes are always read to the same place; the beginning of a frame
 * whose rest is still to come is moved right before that place.
 *
 *   | room for the carry ...... carry | bytes just read ................ |
 *                                     ^ readAt
 */
import { packetMemory } from '../storage/packet-memory.ts'
import { type TcpFrame, tcpFrame4, tcpFrame6 } from '../wasm/frame-layout.ts'
import { etherType } from '../wire/ethernet.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import { type Framing, prefixBytesOf } from './link.ts'

/** Destination, source and type: nothing shorter is a frame. */
const minFrameBytes = 14
const maxFrameBytes = 65_550
const readAt = 65_600
/** As much as the kernel may have for us. */
const readBytes = 512 * 1024
/** Of packet memory. */
const bufferBytes = 1024 * 1024

export interface FrameHandler {
  /** A frame; its bytes are there until `burstEnded`. */
  frame(packet: PacketBuffer, at: number, end: number): void
  /** That was all for now. */
  burstEnded(): void
}

export class FrameReader implements Disposable {
  readonly packet: PacketBuffer = packetMemory.takeBuffer(bufferBytes)
  /** Where the socket is to read to. */
  readonly target: Uint8Array = this.packet.bytes.subarray(readAt, readAt + readBytes)
  /** Whether checksums are to be verified: the link's guests fill them. */
  readonly #verifies: boolean
  /** Whether frames may be joined: not while someone wants to see each. */
  joins = true
  /** Frames merged into others, and the bytes of their headers; the reader of the counters resets them. */
  joinedFrames = 0
  joinedBytes = 0
  readonly #prefixBytes: 4 | 2
  #carried = 0

  /** @param isOffloaded guests leave the checksums of TCP and UDP to their card, which fills none. */
  constructor(framing: Framing, isOffloaded = false) {
    this.#verifies = !isOffloaded
    this.#prefixBytes = prefixBytesOf(framing)
  }

  /** After a read of `bytes` into `target`. False: no frame has such a length, so the stream is lost. */
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

  /** Frames up to `next` are one. Gives its end. */
  #joined(frameAt: number, next: number, layout: TcpFrame): number {
    const frameEnd = frameAt + layout.countedFrom + this.packet.view.getUint16(frameAt + layout.length)
    const tcpBytes = (this.packet.view.getUint8(frameAt + layout.headerWords) >> 4) << 2
    const headerBytes = layout.tcp + tcpBytes
    const frames = (next - frameEnd) / (this.#prefixBytes + headerBytes)
    this.joinedFrames += frames
    this.joinedBytes += frames * headerBytes
    return frameEnd
  }

  /** The same for bytes that are elsewhere. */
  feed(chunk: Uint8Array, handler: FrameHandler): boolean {
    for (let at = 0; at < chunk.length; at += readBytes) {
      const part = chunk.subarray(at, at + readBytes)
      this.target.set(part)
      if (!this.advance(part.length, handler)) return false
    }
    return true
  }

  /** Nothing is read to its memory any more. */
  [Symbol.dispose](): void {
    packetMemory.give(this.packet.bytes)
  }
}
