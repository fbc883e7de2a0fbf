/**
 * Denials of egress rules, for display: the latest destinations and names with the denying rule and a count. A
 * guest that tries many destinations uses a limited number of entries; above a rate, denials are only counted.
 */
import { TokenBucket } from '../../token-bucket.ts'

export interface Denied {
  /** `deny 10.0.0.0/8`, or `default deny`. */
  rule: string
  /** Denied item: a DNS query, or a packet or connection. */
  at: 'dns' | 'send'
  protocol: 'tcp' | 'udp' | 'icmp' | 'dns'
  /** Sender address: the VM's, or that of a routed container. */
  guest: string
  /** The queried name; for an address, a name that resolved to it. */
  name: string | undefined
  address: string | undefined
  port: number | undefined
}

export interface Denial extends Denied {
  /** Increases with each entry, so that clients can detect new ones. */
  id: number
  count: number
  /** Senders behind the guest's address, if known: see `nameSender`. */
  senders: readonly string[]
  firstMs: number
  lastMs: number
}

const maxEntries = 256
/** Limit per entry. */
const maxSenders = 8
/** Rate limit for entries. */
const listed = { burst: 64, perSecond: 8 }

export class Denials {
  /** Least recently denied first. */
  readonly #entries = new Map<string, Denial>()
  readonly #bucket = new TokenBucket(listed, 0)
  #nextId = 1
  #unlisted = 0
  /** Called for each listed denial, including repeated ones, with the source port if known. */
  onRefusal: ((denial: Denial, guestPort: number | undefined) => void) | undefined

  /** Denials above the rate, which are not in an entry. */
  get unlisted(): number {
    return this.#unlisted
  }

  /**
   * Whether the rate limit allows another entry; counts the denial if not. Call it before formatting the entry.
   */
  admits(nowMs: number): boolean {
    if (this.#bucket.has(nowMs)) return true
    this.#unlisted += 1
    return false
  }

  add(denied: Denied, nowMs: number, guestPort?: number): void {
    const { rule, protocol, guest, name, address, port } = denied
    const key = [rule, protocol, guest, name, address, port].join('\0')
    const known = this.#entries.get(key)
    // Repeated denials take a token too, because formatting is the costly part.
    this.#bucket.take()
    this.#entries.delete(key)
    if (known !== undefined) {
      known.count += 1
      known.lastMs = nowMs
      this.#entries.set(key, known)
      this.onRefusal?.(known, guestPort)
      return
    }
    if (this.#entries.size >= maxEntries) this.#entries.delete(this.#entries.keys().next().value!)
    const times = { count: 1, firstMs: nowMs, lastMs: nowMs }
    const denial: Denial = { id: this.#nextId, ...denied, ...times, senders: [] }
    this.#nextId += 1
    this.#entries.set(key, denial)
    this.onRefusal?.(denial, guestPort)
  }

  /** Adds a sender of the denied packets, e.g. a container behind the VM's address. */
  nameSender(id: number, sender: string): void {
    const denial = this.#entries.values().find((one) => one.id === id)
    if (denial === undefined || denial.senders.length >= maxSenders || denial.senders.includes(sender)) return
    denial.senders = [...denial.senders, sender]
  }

  /** Latest first. */
  view(): readonly Denial[] {
    return [...this.#entries.values()].reverse()
  }
}

/** A denial for clients, whose clock differs. */
export interface DenialView {
  id: number
  rule: string
  at: Denied['at']
  protocol: Denied['protocol']
  guest: string
  name: string | null
  address: string | null
  port: number | null
  count: number
  /** Containers behind `guest`, or `VM`; empty if unknown. */
  senders: readonly string[]
  /** Time since the last denial. */
  idleMs: number
}

export function denialView(denial: Denial, idleMs: number): DenialView {
  const { id, rule, at, protocol, guest, name = null, address = null, port = null, count, senders } = denial
  return {
    id,
    rule,
    at,
    protocol,
    guest,
    name,
    address,
    port,
    count,
    senders,
    idleMs: Math.max(0, Math.round(idleMs)),
  }
}

/** `tcp 192.168.65.3 (web) → 10.0.0.1:22 (nas.test)`, or `dns 192.168.65.3 → evil.test`. */
export function denialText({
  protocol,
  guest,
  name,
  address,
  port,
  senders,
}: Omit<DenialView, 'id' | 'idleMs'>): string {
  const host = address?.includes(':') ? `[${address}]` : address
  const to =
    address === null ? name : `${host}${port === null ? '' : `:${port}`}${name === null ? '' : ` (${name})`}`
  const from = senders.length === 0 ? guest : `${guest} (${senders.join(', ')})`
  return `${protocol} ${from} → ${to}`
}
