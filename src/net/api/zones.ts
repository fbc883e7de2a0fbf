/** DNS zones as gvproxy's API writes them ⇄ our own. Member names are taken in any case, as Go does. */
import { canonicalName } from '../dns/names.ts'
import type { LocalZone } from '../dns/zones.ts'
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

export function parseZone(body: unknown): LocalZone {
  const zone = members(body, 'zone')
  const records = zone.get('records') ?? []
  if (!Array.isArray(records)) throw new ApiError(400, 'records is not a list')
  return {
    name: canonicalName(text(zone, 'name')),
    records: records.map(parseRecord),
    defaultAddress: text(zone, 'defaultip') || undefined,
  }
}

/** A zone that is there already keeps its records behind the new ones. */
export function withZone(zones: readonly LocalZone[], added: LocalZone): LocalZone[] {
  const merge = (zone: LocalZone) => ({ ...added, records: [...added.records, ...zone.records] })
  const isKnown = zones.some((zone) => zone.name === added.name)
  return isKnown ? zones.map((zone) => (zone.name === added.name ? merge(zone) : zone)) : [...zones, added]
}

function parseRecord(body: unknown): LocalZone['records'][number] {
  const record = members(body, 'record')
  const pattern = text(record, 'regexp')
  const address = text(record, 'ip')
  if (pattern === '') return { matches: canonicalName(text(record, 'name')), address }
  try {
    return { matches: new RegExp(pattern), address }
  } catch {
    throw new ApiError(400, `regexp: "${pattern}" is not a regular expression`)
  }
}

function members(body: unknown, what: string): Map<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ApiError(400, `the ${what} is not an object`)
  }
  return new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]))
}

function text(from: ReadonlyMap<string, unknown>, name: string): string {
  const value = from.get(name) ?? ''
  if (typeof value !== 'string') throw new ApiError(400, `${name} is not text`)
  return value
}
