/**
 * A readable stream that lends its memory: chunks are valid until the borrower has given them back, and then filled again.
 * One chunk is lent at a time; bytes that arrive meanwhile become the next one. Bulk data thus takes one copy, and leaves
 * nothing to collect.
 */

export interface Borrower {
  /** Whether it still needs the last chunk. Asked when the chunk's `data` event is over. */
  readonly isHolding: boolean
}

export interface Lending {
  /** From the next chunk on; undefined: chunks belong to the reader again. */
  lend(borrower: Borrower | undefined): void
  /** The borrower needs the last chunk no longer. */
  giveBack(): void
}
