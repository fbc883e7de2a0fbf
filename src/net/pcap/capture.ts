/** One running capture: frames that the filter lets through go to a sink, which may be slow. */
import type { FrameFilter } from './filter.ts'
import { pcapFileHeader, pcapRecord } from './format.ts'

/** What takes the bytes: a file or a pipe. */
export interface CaptureSink {
  write(bytes: Uint8Array): void
  /** Bytes that were written and not yet taken. */
  readonly waitingBytes: number
}

export interface CaptureOptions {
  filter: FrameFilter
  /** Frames are cut to this; 65,550 keeps them whole. */
  snapBytes: number
  /** The link must not wait for a slow reader, nor memory grow: beyond this, frames are lost and counted. */
  maxWaitingBytes: number
}

export const captureDefaults: Pick<CaptureOptions, 'snapBytes' | 'maxWaitingBytes'> = {
  snapBytes: 65_550,
  maxWaitingBytes: 16 * 1024 * 1024,
}

export class Capture {
  readonly #sink: CaptureSink
  readonly #options: CaptureOptions
  /** Frames. */
  readonly counters: { captured: number; lost: number } = { captured: 0, lost: 0 }

  constructor(sink: CaptureSink, options: CaptureOptions) {
    this.#sink = sink
    this.#options = options
    sink.write(pcapFileHeader(options.snapBytes))
  }

  /** A frame that went over the link, in either direction. @param timeNs since 1970. */
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
