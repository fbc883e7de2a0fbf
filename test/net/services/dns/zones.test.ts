import { expect, test } from 'vitest'
import { LocalNames } from '../../../../src/net/services/dns/local-names.ts'
import { lookupZones } from '../../../../src/net/services/dns/zones.ts'
import { own, Resolver } from '../../../support/net/dns-resolver.ts'

const zones = [
  {
    name: 'crc.testing',
    records: [
      { matches: 'host', address: '10.0.0.1' },
      { matches: /^app/, address: '10.0.0.2' },
    ],
    defaultAddress: undefined,
  },
  { name: 'testing', records: [], defaultAddress: '10.0.0.9' },
]

test.each([
  ['host.crc.testing', '10.0.0.1'],
  ['apps.crc.testing', '10.0.0.2'],
  ['other.crc.testing', 'no-name'],
  ['crc.testing', '10.0.0.9'],
  ['x.testing', '10.0.0.9'],
  ['testing', undefined],
  ['notcrc.example', undefined],
])('%s is %s: exact, pattern, default, in the first zone that holds it', (name, expected) => {
  const found = lookupZones(zones, name, 1)
  expect(found?.kind === 'records' ? [...found.records[0]!.rdata].join('.') : found?.kind).toBe(expected)
})

test('a name in a zone without the requested type is NODATA', () => {
  expect(lookupZones(zones, 'host.crc.testing', 28)).toEqual({ kind: 'no-data', zone: 'crc.testing' })
})

test('a zone set at run time takes precedence over built-in names and hosts, until it is removed', () => {
  const mine = [
    {
      name: 'docker.internal',
      records: [{ matches: 'host', address: '10.0.0.7' }],
      defaultAddress: undefined,
    },
  ]
  expect(new LocalNames(own, [], mine).lookup('host.docker.internal', 1)).toMatchObject({ kind: 'records' })
  const resolver = new Resolver()
  const ask = () => resolver.ask('host.docker.internal').reply!.answers
  expect(ask()).toMatchObject([{ data: '192.168.65.254' }])
  resolver.server.setZones(mine)
  expect(ask()).toMatchObject([{ data: '10.0.0.7' }])
  resolver.server.setZones([])
  expect(ask()).toMatchObject([{ data: '192.168.65.254' }])
})
