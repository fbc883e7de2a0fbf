/** Connections to containers, as the forwarder dials them. */
import type { Duplex } from 'node:stream'

/** Lends chunks that are valid until returned; see `Lending` in the forwarder. */
interface Lender {
  lend(borrower: { readonly isHolding: boolean } | undefined): void
  giveBack(): void
}

export type Dialled = Duplex & Partial<Lender>
export type Dial = (address: string, port: number) => Promise<Dialled>

export const isLender = (stream: Dialled): stream is Duplex & Lender => stream.lend !== undefined
