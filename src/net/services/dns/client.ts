/** Who asks the resolver, and which names it may ask for. */
import type { Channel } from './reply.ts'

/** Which names may be asked for; it is shown the answers, to know later whose an address is. */
export interface NamePolicy {
  /** False: every name may, and nothing is to be shown. */
  readonly isActive: boolean
  judgeName(name: string): 'allow' | 'deny' | 'deny-by-default'
  /** The rule that denied the name judged last. */
  readonly deniedBy: string
  /** The name that was judged last is refused to this client. */
  noteName(name: string, client: Pick<DnsClient, 'guest' | 'guestPort'>, nowMs: number): void
  /** @param isOwn whether it is said here what the name leads to. */
  learn(answer: Uint8Array, ageSeconds: number, nowMs: number, isOwn: boolean): void
}

/** Who asks. The object may be about the next client as soon as `handle` returns, and what `keep` gives stays. */
export interface DnsClient {
  readonly channel: Channel
  /** Its address. */
  readonly guest?: number | undefined
  readonly guestPort?: number | undefined
  /** The bytes are valid during the call only. */
  reply(bytes: Uint8Array, length: number): void
  keep(): DnsClient
}
