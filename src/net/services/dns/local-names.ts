/**
 * Names that are answered locally and never forwarded: built-in names, the user's hosts and wildcards, their
 * reverse names, and whole zones (docker.internal, the link's reverse zone, localhost) in which unknown names do
 * not exist.
 */
import { recordType } from '../../wire/dns.ts'
import { ancestors, canonicalName, encodeName } from '../../wire/domain-name.ts'
import { addressRecord, reverseZones } from './addresses.ts'
import type { LocalAnswer, LocalRecord } from './local-records.ts'
import { type LocalZone, lookupZones } from './zones.ts'

interface LocalName {
  records: LocalRecord[]
  alias?: string
}

/** Entry of a hosts table: `*.name` matches all names below; the value is an address or another name. */
export interface HostEntry {
  name: string
  value: string
}

interface FamilyAddresses {
  subnet: string
  gateway: string
  address: string
  host: string
}

export interface OwnAddresses extends FamilyAddresses {
  ipv6?: FamilyAddresses
}

export class LocalNames {
  readonly #exact = new Map<string, LocalName>()
  readonly #wildcards = new Map<string, LocalName>()
  /** Names that exist only because of names below them (RFC 8020). */
  readonly #parents = new Set<string>()
  /** RFC 9462 section 6.1: a forwarded `resolver.arpa` would lead the client around this resolver. */
  readonly #zones = new Set<string>(['localhost', 'invalid', 'onion', '127.in-addr.arpa', 'resolver.arpa'])

  readonly #given: readonly LocalZone[]

  /**
   * The user's hosts override built-in names; several entries of one name add up. Zones set at run time take
   * precedence over both. Names of the host itself have the lowest precedence.
   */
  constructor(
    own: OwnAddresses,
    hosts: readonly HostEntry[],
    zones: readonly LocalZone[] = [],
    ofHost: readonly HostEntry[] = [],
  ) {
    this.#given = zones
    for (const { subnet } of familiesOf(own)) for (const zone of reverseZones(subnet)) this.#zones.add(zone)
    this.#zones.add('docker.internal')
    const names = new Set(hosts.map((entry) => canonicalName(entry.name)))
    for (const entry of builtIn(own)) if (!names.has(entry.name)) this.#add(entry)
    for (const entry of hosts) this.#add(entry)
    const free = ofHost.filter(({ name }) => this.lookup(canonicalName(name), recordType.any) === undefined)
    for (const entry of free) this.#add(entry)
  }

  /** Undefined if not local: query upstream. `name` is canonical. */
  lookup(name: string, type: number): LocalAnswer | undefined {
    const given = lookupZones(this.#given, name, type)
    if (given !== undefined) return given
    const found = this.#exact.get(name) ?? this.#byWildcard(name)
    const zone = this.#zoneOf(name)
    if (found !== undefined) return answerOf(found, type) ?? { kind: 'no-data', zone: zone ?? name }
    if (zone === undefined) return undefined
    return { kind: zone === name || this.#parents.has(name) ? 'no-data' : 'no-name', zone }
  }

  #zoneOf(name: string): string | undefined {
    for (const zone of ancestors(name)) if (this.#zones.has(zone)) return zone
    return undefined
  }

  #byWildcard(name: string): LocalName | undefined {
    for (const suffix of ancestors(name)) {
      if (suffix === name) continue
      const found = this.#wildcards.get(suffix)
      if (found !== undefined) return found
    }
    return undefined
  }

  #add(entry: HostEntry): void {
    const name = canonicalName(entry.name)
    const isWildcard = name.startsWith('*.')
    const table = isWildcard ? this.#wildcards : this.#exact
    const key = isWildcard ? name.slice(2) : name
    const local = table.get(key) ?? { records: [] }
    const address = addressRecord(entry.value)
    if (address === undefined) local.alias = canonicalName(entry.value)
    else local.records.push(address)
    table.set(key, local)
    for (const parent of ancestors(key)) if (parent !== key || isWildcard) this.#parents.add(parent)
    if (address !== undefined && !isWildcard) this.#addReverse(address.reverseName, name)
  }

  /** The first name of an address becomes its reverse name. */
  #addReverse(reverseName: string, name: string): void {
    const target = encodeName(name)
    if (target === undefined || this.#exact.has(reverseName)) return
    this.#exact.set(reverseName, { records: [{ type: recordType.ptr, rdata: target }] })
  }
}

function builtIn(own: OwnAddresses): HostEntry[] {
  return [
    ...familiesOf(own).flatMap(({ host, gateway, address }) => [
      { name: 'host.docker.internal', value: host },
      { name: 'gateway.docker.internal', value: gateway },
      { name: 'vm.docker.internal', value: address },
    ]),
    // RFC 6761, and RFC 7686 for onion: never query these upstream.
    { name: 'localhost', value: '127.0.0.1' },
    { name: 'localhost', value: '::1' },
    { name: '*.localhost', value: '127.0.0.1' },
    { name: '*.localhost', value: '::1' },
  ]
}

function familiesOf(own: OwnAddresses): FamilyAddresses[] {
  return own.ipv6 === undefined ? [own] : [own, own.ipv6]
}

/** Undefined if there are no records of this type. */
function answerOf(local: LocalName, type: number): LocalAnswer | undefined {
  // RFC 1034 section 3.6.2: an alias has no other records, so its addresses would be ignored.
  if (local.alias !== undefined) return { kind: 'alias', target: local.alias }
  const records = local.records.filter((record) => record.type === type || type === recordType.any)
  return records.length > 0 ? { kind: 'records', records } : undefined
}
