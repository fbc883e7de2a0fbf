/** Zones set at run time: exact names, patterns, and a default address. */
import type { LinearPattern } from '../../../linear-pattern.ts'
import { recordType } from '../../wire/dns.ts'
import { addressRecord } from './addresses.ts'
import type { LocalAnswer } from './local-records.ts'

export interface LocalZone {
  /** Canonical; the root zone (empty) contains every name. */
  name: string
  /** In order of precedence; matched against the part of the name before the zone. */
  records: readonly { matches: string | LinearPattern; address: string }[]
  defaultAddress: string | undefined
}

/** Undefined if the name is in no zone. The first zone that contains the name is authoritative. */
export function lookupZones(
  zones: readonly LocalZone[],
  name: string,
  type: number,
): LocalAnswer | undefined {
  for (const zone of zones) {
    const isInside = zone.name === '' ? name !== '' : name.endsWith(`.${zone.name}`)
    if (!isInside) continue
    const below = zone.name === '' ? name : name.slice(0, -zone.name.length - 1)
    const address = zone.records.find(({ matches }) => matchesName(matches, below))?.address
    return answer(address ?? zone.defaultAddress, type, zone.name)
  }
  return undefined
}

function matchesName(matches: string | LinearPattern, name: string): boolean {
  return typeof matches === 'string' ? matches === name : matches.test(name)
}

function answer(address: string | undefined, type: number, zone: string): LocalAnswer {
  const record = address === undefined ? undefined : addressRecord(address)
  if (record === undefined) return { kind: 'no-name', zone }
  const isRequested = record.type === type || type === recordType.any
  return isRequested ? { kind: 'records', records: [record] } : { kind: 'no-data', zone }
}
