/** Clients of the resolver, and the policy for the names that they query. */
import type { Channel } from './reply.ts'

/** Policy for queried names; it also receives the answers, to learn the names of addresses. */
export interface NamePolicy {
  /** False: all names are allowed, and no answers are needed. */
  readonly isActive: boolean
  judgeName(name: string): 'allow' | 'deny' | 'deny-by-default'
  /** The rule that denied the last evaluated name. */
  readonly deniedBy: string
  /** Records that the last evaluated name was denied to this client. */
  noteName(name: string, client: Pick<DnsClient, 'guest' | 'guestPort'>, nowMs: number): void
  /** @param isOwn whether the answer comes from our own configuration */
  learn(answer: Uint8Array, ageSeconds: number, nowMs: number, isOwn: boolean): void
}

/** Client of a query. The object may be reused when `handle` returns; `keep` returns a copy. */
export interface DnsClient {
  readonly channel: Channel
  /** Guest address. */
  readonly guest?: number | undefined
  readonly guestPort?: number | undefined
  /** The bytes are valid during the call only. */
  reply(bytes: Uint8Array, length: number): void
  keep(): DnsClient
}
