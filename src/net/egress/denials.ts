/**
 * What egress rules refused, for people: the latest destinations and names, each with the rule that refused it and
 * how often. A guest that tries many costs a bounded number of entries, and above a rate it is counted only.
 */
import { TokenBucket } from '../../token-bucket.ts'

export interface Denied {
  /** `deny 10.0.0.0/8`, or `default deny`. */
  rule: string
  /** Where it was refused: a name that was asked for, or what was sent. */
  at: 'dns' | 'send'
  protocol: 'tcp' | 'udp' | 'icmp' | 'dns'
  /** Address of who tried: the VM's, or a container's that is routed. */
  guest: string
  /** The name asked for; of an address, one that DNS gave it for. */
  name: string | undefined
  address: string | undefined
  port: number | undefined
}

export interface Denial extends Denied {
  /** Grows with each entry, so that new ones are known from old ones. */
  id: number
  count: number
  /** Who tried behind the guest's address, where somebody found out: see `nameSender`. */
  senders: readonly string[]
  firstMs: number
  lastMs: number
}

const maxEntries = 256
/** Of one entry. */
const maxSenders = 8
/** New entries: at once, and then by the second. */
const listed = { burst: 64, perSecond: 8 }

export class Denials {
  /** The longest ago refused comes first. */
  readonly #entries = new Map<string, Denial>()
  readonly #bucket = new TokenBucket(listed, 0)
  #nextId = 1
  #unlisted = 0
  /** Told of each refusal that is listed, also of a repeated one, with the port that it came from where that is known. */
  onRefusal: ((denial: Denial, guestPort: number | undefined) => void) | undefined

  /** Refusals above the rate, which no entry counts. */
  get unlisted(): number {
    return this.#unlisted
  }

  /** Whether there is room for one more; when not, it is counted. To be asked before anything is put into words. */
  admits(nowMs: number): boolean {
    if (this.#bucket.has(nowMs)) return true
    this.#unlisted += 1
    return false
  }

  add(denied: Denied, nowMs: number, guestPort?: number): void {
    const { rule, protocol, guest, name, address, port } = denied
    const key = [rule, protocol, guest, name, address, port].join('\0')
    const known = this.#entries.get(key)
    // Every refusal costs a token, also a repeated one: it is the wording that costs time.
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

  /** A sender of the denied packets, e.g. a container behind the VM's address. */
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

/** As the outside sees it, who has another clock. */
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
  /** Containers behind `guest`, or `VM`; empty while nobody knows. */
  senders: readonly string[]
  /** Since the last time. */
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
