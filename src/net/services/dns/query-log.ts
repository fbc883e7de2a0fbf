/**
 * Recent queries of guests with their answers, recorded only while a client reads the log. Costs one comparison
 * per query when disabled.
 */
import { RecordingSwitch } from '../../core/recording-switch.ts'
import { formatIpv4, formatIpv6 } from '../../wire/addresses.ts'
import { parseResponse, recordType, uint32 } from '../../wire/dns.ts'
import { readName } from '../../wire/domain-name.ts'

export interface LoggedQuery {
  atMs: number
  guest: number | undefined
  name: string
  type: number
  /** `own`: a local name; `cache`: cached; `denied`: by egress; `refused`: not a query for a forwarder. */
  source: 'own' | 'cache' | 'upstream' | 'denied' | 'refused'
  /** In wire format. */
  message: Uint8Array | undefined
  milliseconds: number
  /** The denying rule. */
  rule: string | undefined
}

export interface QueryView {
  id: number
  /** Time since the query. */
  idleMs: number
  guest: string | null
  name: string
  type: string
  source: LoggedQuery['source']
  /** NOERROR, NXDOMAIN, …; null if there was no answer. */
  code: string | null
  answers: string[]
  milliseconds: number
  rule: string | null
}

type Entry = Omit<QueryView, 'idleMs' | 'guest'> & Pick<LoggedQuery, 'atMs' | 'guest'>

const maxEntries = 256
const maxAnswers = 8

export class QueryLog {
  readonly #entries: Entry[] = []
  #nextId = 0
  readonly #recording = new RecordingSwitch()

  isOn(nowMs: number): boolean {
    return this.#recording.isOn(nowMs)
  }

  /** Stores text only: a message may have 64 kB. */
  add(query: LoggedQuery): void {
    this.#entries[this.#nextId % maxEntries] = entryOf(this.#nextId, query)
    this.#nextId += 1
  }

  /**
   * Latest first. Enables recording; entries of a previous reader are included only if it was active recently.
   */
  view(nowMs: number, guestText: (address: number) => string): QueryView[] {
    if (!this.#recording.renew(nowMs)) this.#entries.length = 0
    const first = Math.max(0, this.#nextId - maxEntries)
    const views: QueryView[] = []
    for (let id = this.#nextId - 1; id >= first; id -= 1) {
      const entry = this.#entries[id % maxEntries]
      if (entry === undefined) continue
      const { atMs, guest, ...view } = entry
      const idleMs = Math.max(0, Math.round(nowMs - atMs))
      views.push({ ...view, idleMs, guest: guest === undefined ? null : guestText(guest) })
    }
    return views
  }
}

function entryOf(id: number, { type, message, milliseconds, rule, ...query }: LoggedQuery): Entry {
  const response = message === undefined ? undefined : parseResponse(message)
  const answers = response?.records.filter(({ section }) => section === 'answer') ?? []
  return {
    id,
    ...query,
    type: typeText(type),
    code: response === undefined ? null : (codes[response.rcode] ?? String(response.rcode)),
    answers: answers.slice(0, maxAnswers).map((record) => dataText(response?.bytes ?? noBytes, record)),
    milliseconds: Math.round(milliseconds * 10) / 10,
    rule: rule ?? null,
  }
}

const noBytes = new Uint8Array()

function dataText(bytes: Uint8Array, record: { type: number; rdata: number; end: number }): string {
  const { type, rdata, end } = record
  if (type === recordType.a && end - rdata === 4) return formatIpv4(uint32(bytes, rdata))
  if (type === recordType.aaaa && end - rdata === 16) return formatIpv6(bytes.subarray(rdata, end))
  const name = namesIn.has(type) ? readName(bytes, rdata)?.text : undefined
  return name === undefined ? typeText(type) : `${typeText(type)} ${name}`
}

/** Types whose data is one name. */
const namesIn: ReadonlySet<number> = new Set([recordType.cname, recordType.ns, recordType.ptr])

const codes: Readonly<Record<number, string>> = {
  0: 'NOERROR',
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
}

const types: ReadonlyMap<number, string> = new Map([
  ...Object.entries(recordType).map(([name, type]) => [type, name.toUpperCase()] as const),
  ...([
    [16, 'TXT'],
    [35, 'NAPTR'],
    [43, 'DS'],
    [46, 'RRSIG'],
    [48, 'DNSKEY'],
    [64, 'SVCB'],
    [65, 'HTTPS'],
  ] as const),
])

/** RFC 3597 notation of unknown types. */
const typeText = (type: number): string => types.get(type) ?? `TYPE${type}`
