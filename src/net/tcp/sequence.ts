/**
 * Sequence numbers (RFC 9293 section 3.4) as signed 32-bit numbers, which V8 keeps unboxed. Arithmetic wraps with
 * `| 0`; comparison uses the sign of the difference.
 */

export function add(sequence: number, bytes: number): number {
  return (sequence + bytes) | 0
}

/** Bytes from `from` to `to`; negative if `to` comes first. */
export function distance(from: number, to: number): number {
  return (to - from) | 0
}

export function isBefore(a: number, b: number): boolean {
  return ((a - b) | 0) < 0
}

export function isAfter(a: number, b: number): boolean {
  return ((a - b) | 0) > 0
}
