/** The running captures of a forwarder, given every frame that its links carry. None running costs one test a burst. */
import type { FrameHandler } from '../link/frame-reader.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { Capture } from './capture.ts'

export class Captures {
  readonly #running = new Set<Capture>()
  readonly #clockNs: () => bigint

  /** @param clockNs nanoseconds since 1970; the frames of one burst share a reading. */
  constructor(clockNs: () => bigint) {
    this.#clockNs = clockNs
  }

  get any(): boolean {
    return this.#running.size > 0
  }

  add(capture: Capture): void {
    this.#running.add(capture)
  }

  remove(capture: Capture): void {
    this.#running.delete(capture)
  }

  /** Frames from a guest are seen before the stack has them. */
  before(handler: FrameHandler): FrameHandler {
    const timeNs = this.#clockNs()
    return {
      frame: (packet, at, end) => {
        this.#see(packet.bytes.subarray(at, end), timeNs)
        handler.frame(packet, at, end)
      },
      burstEnded: () => handler.burstEnded(),
    }
  }

  /** A batch that goes to a guest: frames behind their lengths, `bytes` in all. */
  batch({ bytes: all, view }: PacketBuffer, bytes: number, prefixBytes: 4 | 2): void {
    const timeNs = this.#clockNs()
    let at = 0
    while (at < bytes) {
      const frameAt = at + prefixBytes
      at = frameAt + (prefixBytes === 4 ? view.getUint32(at) : view.getUint16(at, true))
      this.#see(all.subarray(frameAt, at), timeNs)
    }
  }

  #see(frame: Uint8Array, timeNs: bigint): void {
    for (const capture of this.#running) capture.frame(frame, timeNs)
  }
}
