/** WebAssembly functions on packets, addressed by offsets in packet memory; compiled by wasm/module.ts. */

export interface Kernel {
  /** See wasm/checksum.ts. At most 128 KiB. */
  sum(at: number, end: number): number
  /** See wasm/tso.ts. */
  segments(
    from: number,
    payloadBytes: number,
    count: number,
    to: number,
    template: number,
    headerBytes: number,
    optionBytes: number,
    sequence: number,
    baseSum: number,
  ): void
  /** See wasm/gro.ts. */
  coalesce4(first: number, end: number, limit: number, prefixBytes: number, verifies: 0 | 1): number
  coalesce6(first: number, end: number, limit: number, prefixBytes: number, verifies: 0 | 1): number
}
