/**
 * Initial sequence numbers (RFC 6528): a 4 µs clock plus a keyed hash of the flow. Numbers of one flow do not
 * reveal those of another. The next connection between the same ports begins above the last one, so a guest that
 * still has it in TIME-WAIT accepts the new SYN at once.
 */
import type { TcpFlow } from '../core/flow.ts'

const ticksPerMs = 250

export class InitialSequence {
  readonly #key0: number
  readonly #key1: number

  /** The key: two random words. */
  constructor(key0: number, key1: number) {
    this.#key0 = key0
    this.#key1 = key1
  }

  of({ guestAddress, guestPort, address, port }: TcpFlow, nowMs: number): number {
    const hash = halfSipHash(this.#key0, this.#key1, guestAddress, address, (guestPort << 16) | port)
    return (hash + nowMs * ticksPerMs) | 0
  }
}

/** HalfSipHash-2-4 of three words (Aumasson and Bernstein, 2012), designed for short inputs and 32-bit words. */
export function halfSipHash(key0: number, key1: number, ...words: [number, number, number]): number {
  let v0 = key0
  let v1 = key1
  let v2 = key0 ^ 0x6c79_6765
  let v3 = key1 ^ 0x7465_6462
  const round = (): void => {
    v0 = (v0 + v1) | 0
    v1 = rotate(v1, 5) ^ v0
    v0 = rotate(v0, 16)
    v2 = (v2 + v3) | 0
    v3 = rotate(v3, 8) ^ v2
    v0 = (v0 + v3) | 0
    v3 = rotate(v3, 7) ^ v0
    v2 = (v2 + v1) | 0
    v1 = rotate(v1, 13) ^ v2
    v2 = rotate(v2, 16)
  }
  // The last word contains the length in bytes.
  for (const word of [...words, 12 << 24]) {
    v3 ^= word
    round()
    round()
    v0 ^= word
  }
  v2 ^= 0xff
  for (let i = 0; i < 4; i += 1) round()
  return v1 ^ v3
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
