/**
 * A readable stream that lends its memory: a chunk is valid until the borrower returns it, and then reused. One
 * chunk is lent at a time; data that arrives meanwhile is in the next one. Bulk data thus takes one copy and
 * causes no garbage.
 */

export interface Borrower {
  /** Whether it still needs the last chunk; checked after the chunk's `data` event. */
  readonly isHolding: boolean
}

export interface Lending {
  /** Lends chunks to the borrower from now on; undefined: chunks belong to the reader again. */
  lend(borrower: Borrower | undefined): void
  /** Returns the last chunk. */
  giveBack(): void
}
