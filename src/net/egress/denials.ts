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
  firstMs: number
  lastMs: number
}

const maxEntries = 256
/** New entries: at once, and then by the second. */
const listed = { burst: 64, perSecond: 8 }

export class Denials {
  /** The longest ago refused comes first. */
  readonly #entries = new Map<string, Denial>()
  readonly #bucket = new TokenBucket(listed, 0)
  #nextId = 1
  #unlisted = 0
  /** Told of each new entry. */
  onNew: ((denial: Denial) => void) | undefined

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

  add(denied: Denied, nowMs: number): void {
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
      return
    }
    if (this.#entries.size >= maxEntries) this.#entries.delete(this.#entries.keys().next().value!)
    const denial: Denial = { id: this.#nextId, ...denied, count: 1, firstMs: nowMs, lastMs: nowMs }
    this.#nextId += 1
    this.#entries.set(key, denial)
    this.onNew?.(denial)
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
  /** Since the last time. */
  idleMs: number
}

export function denialView(denial: Denial, idleMs: number): DenialView {
  const { id, rule, at, protocol, guest, name = null, address = null, port = null, count } = denial
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
    idleMs: Math.max(0, Math.round(idleMs)),
  }
}

/** `tcp 192.168.65.3 → 10.0.0.1:22 (nas.test)`, or `dns 192.168.65.3 → evil.test`. */
export function denialText({
  protocol,
  guest,
  name,
  address,
  port,
}: Omit<DenialView, 'id' | 'idleMs'>): string {
  const host = address?.includes(':') ? `[${address}]` : address
  const to =
    address === null ? name : `${host}${port === null ? '' : `:${port}`}${name === null ? '' : ` (${name})`}`
  return `${protocol} ${guest} → ${to}`
}
