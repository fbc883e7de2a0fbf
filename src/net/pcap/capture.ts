/** A running capture: writes frames that match the filter to a sink, which may be slow. */
import type { FrameFilter } from './filter.ts'
import { pcapFileHeader, pcapRecord } from './format.ts'

/** Destination of a capture: a file or a pipe. */
export interface CaptureSink {
  write(bytes: Uint8Array): void
  /** Written bytes that the destination has not accepted yet. */
  readonly waitingBytes: number
}

export interface CaptureOptions {
  filter: FrameFilter
  /** Frames are truncated to this size; 65,550 keeps them whole. */
  snapBytes: number
  /**
   * A slow reader must neither delay the link nor exhaust memory: beyond this, frames are dropped and counted.
   */
  maxWaitingBytes: number
}

export const captureDefaults: Pick<CaptureOptions, 'snapBytes' | 'maxWaitingBytes'> = {
  snapBytes: 65_550,
  maxWaitingBytes: 16 * 1024 * 1024,
}

export class Capture {
  readonly #sink: CaptureSink
  readonly #options: CaptureOptions
  /** Numbers of frames. */
  readonly counters: { captured: number; lost: number } = { captured: 0, lost: 0 }

  constructor(sink: CaptureSink, options: CaptureOptions) {
    this.#sink = sink
    this.#options = options
    sink.write(pcapFileHeader(options.snapBytes))
  }

  /** Records a frame of either direction. @param timeNs since the Unix epoch */
  frame(bytes: Uint8Array, timeNs: bigint): void {
    const { filter, snapBytes, maxWaitingBytes } = this.#options
    if (!filter(bytes)) return
    if (this.#sink.waitingBytes > maxWaitingBytes) {
      this.counters.lost += 1
      return
    }
    this.counters.captured += 1
    this.#sink.write(pcapRecord(bytes, timeNs, snapBytes))
  }
}
