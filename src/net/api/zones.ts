/** Converts DNS zones between gvproxy's API and our form. */
import { loadPatternEngine } from '../../linear-pattern.ts'
import { addressRecord } from '../services/dns/addresses.ts'
import type { LocalZone } from '../services/dns/zones.ts'
import { canonicalName } from '../wire/domain-name.ts'
import { membersOf, textOf } from './members.ts'
import { ApiError } from './ports.ts'

interface ApiZone {
  Name: string
  Records: { Name: string; IP: string; Regexp?: string }[] | null
  DefaultIP: string
}

export function renderZone(zone: LocalZone): ApiZone {
  const records = zone.records.map(({ matches, address }) =>
    typeof matches === 'string'
      ? { Name: matches, IP: address }
      : { Name: '', IP: address, Regexp: matches.source },
  )
  return {
    Name: `${zone.name}.`,
    Records: records.length === 0 ? null : records,
    DefaultIP: zone.defaultAddress ?? '',
  }
}

export async function parseZone(body: unknown): Promise<LocalZone> {
  const zone = membersOf(body, 'zone')
  const name = textOf(zone, 'name')
  // The root zone would contain all names; it must be written as a dot.
  if (name === '') throw new ApiError(400, 'name is mandatory')
  const records = zone.get('records') ?? []
  if (!Array.isArray(records)) throw new ApiError(400, 'records is not a list')
  return {
    name: canonicalName(name),
    records: await Promise.all(records.map(parseRecord)),
    defaultAddress: textOf(zone, 'defaultip') === '' ? undefined : addressIn(zone, 'defaultip'),
  }
}

/** An existing zone keeps its records, after the new ones. */
export function withZone(zones: readonly LocalZone[], added: LocalZone): LocalZone[] {
  const merge = (zone: LocalZone) => ({ ...added, records: [...added.records, ...zone.records] })
  const isKnown = zones.some((zone) => zone.name === added.name)
  return isKnown ? zones.map((zone) => (zone.name === added.name ? merge(zone) : zone)) : [...zones, added]
}

async function parseRecord(body: unknown): Promise<LocalZone['records'][number]> {
  const record = membersOf(body, 'record')
  const pattern = textOf(record, 'regexp')
  const address = addressIn(record, 'ip')
  if (pattern === '') return { matches: canonicalName(textOf(record, 'name')), address }
  const matches = (await loadPatternEngine())(pattern)
  if (matches === undefined) throw new ApiError(400, `regexp: "${pattern}" is not a regular expression`)
  return { matches, address }
}

function addressIn(from: ReadonlyMap<string, unknown>, name: string): string {
  const address = textOf(from, name)
  if (addressRecord(address) === undefined)
    throw new ApiError(400, `${name}: "${address}" is not an IP address`)
  return address
}
