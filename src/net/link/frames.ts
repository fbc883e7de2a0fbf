/**
 * Cuts what a link's socket gives into frames without copying them. New bytes are always read to the same
 * place; the beginning of a frame whose rest is still to come is moved right before that place.
 *
 *   | room for the carry ...... carry | bytes just read ................ |
 *                                     ^ readAt
 */
import { PacketBuffer } from '../wire/packet.ts'
import type { Framing } from './link.ts'

/** Destination, source and type: nothing shorter is a frame. */
const minFrameBytes = 14
const maxFrameBytes = 65_550
const readAt = 65_600
/** As much as the kernel may have for us. */
const readBytes = 512 * 1024

export interface FrameHandler {
  /** A frame; its bytes are there until `burstEnded`. */
  frame(packet: PacketBuffer, at: number, end: number): void
  /** That was all for now. */
  burstEnded(): void
}

export class FrameReader {
  readonly packet: PacketBuffer = new PacketBuffer(new Uint8Array(readAt + readBytes))
  /** Where the socket is to read to. */
  readonly target: Uint8Array = this.packet.bytes.subarray(readAt)
  readonly #prefixBytes: 4 | 2
  #carried = 0

  constructor(framing: Framing) {
    this.#prefixBytes = framing === 'u32-be' ? 4 : 2
  }

  /** After a read of `bytes` into `target`. False: no frame has such a length, so the stream is lost. */
  advance(bytes: number, handler: FrameHandler): boolean {
    const { packet } = this
    const prefixBytes = this.#prefixBytes
    const end = readAt + bytes
    let at = readAt - this.#carried
    let isSound = true
    while (at + prefixBytes <= end) {
      const length = prefixBytes === 4 ? packet.view.getUint32(at) : packet.view.getUint16(at, true)
      if (length < minFrameBytes || length > maxFrameBytes) {
        isSound = false
        break
      }
      const next = at + prefixBytes + length
      if (next > end) break
      handler.frame(packet, at + prefixBytes, next)
      at = next
    }
    handler.burstEnded()
    if (!isSound) return false
    this.#carried = end - at
    packet.bytes.copyWithin(readAt - this.#carried, at, end)
    return true
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
}
