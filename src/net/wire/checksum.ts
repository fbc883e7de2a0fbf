/** The Internet checksum (RFC 1071): 16-bit ones' complement sums. */

/**
 * Sum of `length` bytes, folded to 16 bits. Reads little-endian words, which is faster, and swaps the result
 * once: the sum is independent of byte order (RFC 1071 section 2B). At most 128 KiB, so that 32-bit sums cannot
 * overflow.
 */
export function sumOf(view: DataView, start: number, length: number): number {
  let low = 0
  let high = 0
  let at = start
  const end = start + length
  for (const last = end - 15; at < last; at += 16) {
    const a = view.getInt32(at, true)
    const b = view.getInt32(at + 4, true)
    const c = view.getInt32(at + 8, true)
    const d = view.getInt32(at + 12, true)
    low = (low + (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff)) | 0
    high = (high + (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16)) | 0
  }
  for (; at + 1 < end; at += 2) low = (low + view.getUint16(at, true)) | 0
  if (at < end) low = (low + view.getUint8(at)) | 0
  const sum = fold((low >>> 0) + (high >>> 0))
  return ((sum & 0xff) << 8) | (sum >> 8)
}

/** Folds carries until 16 bits are left. `sum` may be a sum of fewer than 2^20 16-bit words. */
export function fold(sum: number): number {
  let folded = (sum % 0x10000) + Math.floor(sum / 0x10000)
  while (folded > 0xffff) folded = (folded & 0xffff) + (folded >>> 16)
  return folded
}

/** Like `fold`, for sums below 2^31, which includes all header sums. */
export function foldInt(sum: number): number {
  const folded = (sum & 0xffff) + (sum >>> 16)
  return (folded & 0xffff) + (folded >>> 16)
}

/** Sum of both halves of a 32-bit word. */
export function sumOfWord(word: number): number {
  return (word >>> 16) + (word & 0xffff)
}
