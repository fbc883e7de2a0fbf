/** Sizes of a link's buffers by MTU (docs/decisions/0265). */

export interface LinkBuffers {
  /** Bytes that leave in one write. A power of two. */
  batchBytes: number
  /** Send buffer of the link's socket. */
  socketBytes: number
}

const kibibyte = 1024
const common: LinkBuffers = { batchBytes: 512 * kibibyte, socketBytes: 1024 * kibibyte }
/** At 512 KiB, reads and writes are eight frames only; and each wakes the processes at both ends. */
const jumbo: LinkBuffers = { batchBytes: 1024 * kibibyte, socketBytes: 4096 * kibibyte }
const jumboMtu = 32 * kibibyte

export function linkBuffers(mtu: number): LinkBuffers {
  return mtu < jumboMtu ? common : jumbo
}

/** Length prefix, and headers with options of TCP over IPv6 in Ethernet, rounded up. */
const headerBytes = 128

/** Number of segments with this payload that fit one batch. */
export function segmentsPerBatch(mtu: number, payloadBytes: number): number {
  return Math.floor(linkBuffers(mtu).batchBytes / (payloadBytes + headerBytes))
}
