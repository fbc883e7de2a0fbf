/**
 * Reassembly of fragments from guests (RFC 791 section 3.2, RFC 815; RFC 8200 section 4.5), with limits for
 * memory and time.
 */
import { sumOf } from '../wire/checksum.ts'
import { PacketBuffer } from '../wire/packet.ts'

/** RFC 1122 section 3.3.2 recommends 60 to 120 s; Linux uses 30 s, as is sufficient on a local link. */
const lifeMs = 30_000
const maxDatagrams = 256
const maxBytes = 4 * 1024 * 1024

/** Header fields of a fragment. */
export interface FragmentHeader {
  at: number
  payloadAt: number
  end: number
  source: number
  destination: number
  protocol: number
  identification: number
  fragmentOffset: number
  hasMoreFragments: boolean
}

/** Differences between the families: the header of the reassembled datagram. */
export interface FragmentFamily {
  /** Without options or extension headers. */
  headerBytes: number
  protocolAt: number
  maxPayloadBytes: number
  /** Rewrites the first fragment's header for the whole packet. */
  finish(view: DataView, payloadBytes: number): void
}

export const ipv4Fragments: FragmentFamily = {
  headerBytes: 20,
  protocolAt: 9,
  maxPayloadBytes: 65_515,
  finish(view, payloadBytes) {
    view.setUint8(0, 0x45)
    view.setUint16(2, 20 + payloadBytes)
    view.setUint16(6, 0)
    view.setUint16(10, 0)
    view.setUint16(10, ~sumOf(view, 0, 20))
  },
}

/**
 * An incomplete datagram that timed out; `packet` is its header, without options, and the start of its payload.
 */
export type TimedOut = (source: number, destination: number, packet: Uint8Array) => void

interface Partial {
  key: string
  source: number
  destination: number
  createdMs: number
  /** Header of the first fragment, then the payload. */
  bytes: Uint8Array
  /** Received ranges of the payload, sorted and merged. */
  ranges: [from: number, to: number][]
  /** Payload length, known from the last fragment; -1: unknown. */
  total: number
}

export interface FragmentCounters {
  reassembled: number
  /** Overlaps, lengths beyond 64 KiB, full tables. */
  dropped: number
  timedOut: number
}

export class Fragments {
  /** In order of creation: oldest first. */
  readonly #partials = new Map<string, Partial>()
  readonly #family: FragmentFamily
  readonly #onTimedOut: TimedOut
  #bytes = 0
  readonly counters: FragmentCounters = { reassembled: 0, dropped: 0, timedOut: 0 }

  /**
   * @param onTimedOut called if the first fragment has arrived: the sender identifies the packet by its header
   */
  constructor(family: FragmentFamily, onTimedOut: TimedOut) {
    this.#family = family
    this.#onTimedOut = onTimedOut
  }

  /** Adds a fragment; returns the whole datagram with its header once it is complete. */
  add(packet: PacketBuffer, header: FragmentHeader, nowMs: number): PacketBuffer | undefined {
    const { headerBytes, protocolAt, maxPayloadBytes } = this.#family
    this.expire(nowMs)
    const from = header.fragmentOffset
    const to = from + header.end - header.payloadAt
    const key = `${header.source} ${header.destination} ${header.protocol} ${header.identification}`
    const isMisaligned = header.hasMoreFragments && (to - from) % 8 !== 0
    if (from === to || isMisaligned || to > maxPayloadBytes) return this.#drop(key)
    const partial = this.#partials.get(key) ?? this.#create(key, header, nowMs)
    if (!header.hasMoreFragments) {
      const isShort = partial.ranges.some(([, end]) => end > to)
      if (isShort || (partial.total >= 0 && partial.total !== to)) return this.#drop(key)
      partial.total = to
    } else if (partial.total >= 0 && to > partial.total) return this.#drop(key)
    if (!addRange(partial.ranges, from, to)) return this.#drop(key)
    this.#grow(partial, headerBytes + to)
    const source = packet.bytes.subarray(header.payloadAt, header.end)
    partial.bytes.set(source, headerBytes + from)
    if (from === 0) {
      partial.bytes.set(packet.bytes.subarray(header.at, header.at + headerBytes))
      partial.bytes[protocolAt] = header.protocol
    }
    const [only] = partial.ranges
    if (partial.ranges.length > 1 || only![0] !== 0 || only![1] !== partial.total) return undefined
    this.#forget(partial)
    this.counters.reassembled += 1
    const whole = new PacketBuffer(partial.bytes.subarray(0, headerBytes + partial.total))
    this.#family.finish(whole.view, partial.total)
    return whole
  }

  /** Drops datagrams that have timed out; called with each fragment and by the stack's slow timer. */
  expire(nowMs: number): void {
    for (const partial of this.#partials.values()) {
      if (nowMs - partial.createdMs < lifeMs) return
      this.counters.timedOut += 1
      this.#forget(partial)
      const [first] = partial.ranges
      if (first?.[0] !== 0) continue
      const packet = partial.bytes.subarray(0, this.#family.headerBytes + first[1])
      this.#onTimedOut(partial.source, partial.destination, packet)
    }
  }

  get size(): number {
    return this.#partials.size
  }

  /** Addresses of incomplete datagrams. */
  *addresses(): Generator<number> {
    for (const { source, destination } of this.#partials.values()) {
      yield source
      yield destination
    }
  }

  #create(key: string, { source, destination }: FragmentHeader, nowMs: number): Partial {
    const bytes = new Uint8Array(this.#family.headerBytes)
    const partial = { key, source, destination, createdMs: nowMs, bytes, ranges: [], total: -1 }
    this.#partials.set(key, partial)
    this.#makeRoom()
    return partial
  }

  #grow(partial: Partial, bytes: number): void {
    if (bytes <= partial.bytes.length) return
    const grown = new Uint8Array(
      Math.min(
        this.#family.headerBytes + this.#family.maxPayloadBytes,
        Math.max(bytes, 2 * partial.bytes.length),
      ),
    )
    grown.set(partial.bytes)
    this.#bytes += grown.length - partial.bytes.length
    partial.bytes = grown
    this.#makeRoom()
  }

  /** Drops the oldest first. */
  #makeRoom(): void {
    for (const partial of this.#partials.values()) {
      if (this.#partials.size <= maxDatagrams && this.#bytes <= maxBytes) return
      this.counters.dropped += 1
      this.#forget(partial)
    }
  }

  #drop(key: string): undefined {
    this.counters.dropped += 1
    const partial = this.#partials.get(key)
    if (partial !== undefined) this.#forget(partial)
  }

  #forget(partial: Partial): void {
    if (this.#partials.delete(partial.key)) this.#bytes -= partial.bytes.length - this.#family.headerBytes
  }
}

/**
 * Returns false on overlap, which indicates an attack; an exact repetition is harmless (in the spirit of RFC
 * 5722).
 */
function addRange(ranges: [number, number][], from: number, to: number): boolean {
  let index = ranges.findIndex(([start]) => start >= from)
  if (index < 0) index = ranges.length
  const previous = ranges[index - 1]
  const next = ranges[index]
  if (previous !== undefined && previous[1] > from) return previous[1] >= to
  if (next !== undefined && next[0] < to) return next[0] === from && next[1] >= to
  ranges.splice(index, 0, [from, to])
  for (let i = Math.max(1, index); i < ranges.length && i <= index + 1; ) {
    const left = ranges[i - 1]!
    if (left[1] !== ranges[i]![0]) {
      i += 1
      continue
    }
    left[1] = ranges[i]![1]
    ranges.splice(i, 1)
  }
  return true
}
