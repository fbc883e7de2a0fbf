/**
 * Running captures of a forwarder, which receive all frames of its links. If there are none, this costs one check
 * per burst.
 */
import type { FrameHandler } from '../link/frame-reader.ts'
import type { PacketBuffer } from '../wire/packet.ts'
import type { Capture } from './capture.ts'

export class Captures {
  readonly #running = new Set<Capture>()
  readonly #clockNs: () => bigint

  /** @param clockNs nanoseconds since the Unix epoch; the frames of a burst share one timestamp */
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

  /** Records frames from a guest before the stack processes them. */
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

  /** Records a batch of frames with length prefixes to a guest. */
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
