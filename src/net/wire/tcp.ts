/**
 * TCP (RFC 9293 section 3.1):
 *
 *   0 source port 2   2 destination port 2   4 sequence 4   8 acknowledgment 4
 *   12 header words 4 bits, reserved   13 flags   14 window 2   16 checksum 2   18 urgent 2   20 options
 */

export const tcpHeaderBytes = 20
export const tcpFlag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const
const option = {
  end: 0,
  noOperation: 1,
  maxSegment: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
}
/** RFC 7323 section 2.3. */
const maxWindowShift = 14
const maxSackBlocks = 4
/** Two bytes of padding, kind, length, value and echo. */
export const timestampBytes = 12
/** First word of the usual layout (RFC 7323 appendix A). */
export const timestampHead: number = 0x0101_0000 | (option.timestamps << 8) | 10

/** Parsed segment, reused so that no object is allocated per packet. */
export class TcpSegment {
  sourcePort = 0
  destinationPort = 0
  sequence = 0
  acknowledgment = 0
  flags = 0
  /** In wire format, not scaled. */
  window = 0
  payloadAt = 0
  payloadEnd = 0
  /** Options of a SYN; an MSS of 0 or a shift of -1: absent. */
  maxSegmentBytes = 0
  windowShift = -1
  isSackPermitted = false
  /** The sender's timestamp, and its echo of ours. */
  hasTimestamps = false
  timestamp = 0
  timestampEcho = 0
  /** Pairs of left and right edge. */
  readonly sackEdges: Int32Array = new Int32Array(2 * maxSackBlocks)
  sackBlocks = 0

  /** Returns false if the segment is invalid. Malformed options are skipped, as RFC 9293 requires. */
  parse(view: DataView, at: number, end: number): boolean {
    if (end - at < tcpHeaderBytes) return false
    const headerBytes = (view.getUint8(at + 12) >> 4) << 2
    if (headerBytes < tcpHeaderBytes || at + headerBytes > end) return false
    this.sourcePort = view.getUint16(at)
    this.destinationPort = view.getUint16(at + 2)
    this.sequence = view.getInt32(at + 4)
    this.acknowledgment = view.getInt32(at + 8)
    this.flags = view.getUint8(at + 13)
    this.window = view.getUint16(at + 14)
    this.payloadAt = at + headerBytes
    this.payloadEnd = end
    this.sackBlocks = 0
    this.hasTimestamps = false
    if (headerBytes > tcpHeaderBytes) this.#parseOptions(view, at + tcpHeaderBytes, at + headerBytes)
    else if ((this.flags & tcpFlag.syn) !== 0) this.#clearSynOptions()
    return true
  }

  #clearSynOptions(): void {
    this.maxSegmentBytes = 0
    this.windowShift = -1
    this.isSackPermitted = false
  }

  #parseOptions(view: DataView, from: number, end: number): void {
    const isSyn = (this.flags & tcpFlag.syn) !== 0
    if (isSyn) this.#clearSynOptions()
    let at = from
    if (end - from >= timestampBytes && view.getInt32(from) === timestampHead) {
      this.#takeTimestamps(view, from + 4)
      at += timestampBytes
    }
    while (at < end) {
      const kind = view.getUint8(at)
      if (kind === option.end) return
      if (kind === option.noOperation) {
        at += 1
        continue
      }
      if (at + 2 > end) return
      const bytes = view.getUint8(at + 1)
      if (bytes < 2 || at + bytes > end) return
      if (kind === option.sack) this.#parseSack(view, at + 2, bytes - 2)
      else if (kind === option.timestamps && bytes === 10) this.#takeTimestamps(view, at + 2)
      else if (isSyn) this.#parseSynOption(view, kind, at, bytes)
      at += bytes
    }
  }

  #takeTimestamps(view: DataView, at: number): void {
    this.hasTimestamps = true
    this.timestamp = view.getInt32(at)
    this.timestampEcho = view.getInt32(at + 4)
  }

  #parseSynOption(view: DataView, kind: number, at: number, bytes: number): void {
    if (kind === option.maxSegment && bytes === 4) {
      // A smaller MSS is impractical, and zero would loop endlessly.
      this.maxSegmentBytes = Math.max(88, view.getUint16(at + 2))
    } else if (kind === option.windowScale && bytes === 3) {
      this.windowShift = Math.min(maxWindowShift, view.getUint8(at + 2))
    } else if (kind === option.sackPermitted && bytes === 2) this.isSackPermitted = true
  }

  #parseSack(view: DataView, at: number, bytes: number): void {
    const blocks = Math.min(maxSackBlocks, bytes >> 3)
    for (let i = 0; i < 2 * blocks; i += 1) this.sackEdges[i] = view.getInt32(at + 4 * i)
    this.sackBlocks = blocks
  }
}

/** Size of the options that `emitSynOptions` writes. */
export function synOptionBytes(windowShift: number, isSackPermitted: boolean): number {
  return 4 + (windowShift >= 0 ? 4 : 0) + (isSackPermitted ? 4 : 0)
}

/** Writes the options of a SYN, each padded to four bytes. A shift of -1 omits window scaling. */
export function emitSynOptions(
  view: DataView,
  at: number,
  { maxSegmentBytes, windowShift, isSackPermitted }: SynOptions,
): void {
  view.setUint16(at, (option.maxSegment << 8) | 4)
  view.setUint16(at + 2, maxSegmentBytes)
  let next = at + 4
  if (windowShift >= 0) {
    view.setInt32(next, (option.noOperation << 24) | (option.windowScale << 16) | (3 << 8) | windowShift)
    next += 4
  }
  if (isSackPermitted) view.setInt32(next, 0x0101_0000 | (option.sackPermitted << 8) | 2)
}

export interface SynOptions {
  maxSegmentBytes: number
  windowShift: number
  isSackPermitted: boolean
}

export function sackOptionBytes(blocks: number): number {
  return blocks === 0 ? 0 : 4 + 8 * blocks
}

export function emitSackOption(view: DataView, at: number, edges: Int32Array, blocks: number): void {
  view.setInt32(at, 0x0101_0000 | (option.sack << 8) | (2 + 8 * blocks))
  for (let i = 0; i < 2 * blocks; i += 1) view.setInt32(at + 4 + 4 * i, edges[i]!)
}

export function emitTimestamps(view: DataView, at: number, value: number, echo: number): void {
  view.setInt32(at, timestampHead)
  view.setInt32(at + 4, value)
  view.setInt32(at + 8, echo)
}
