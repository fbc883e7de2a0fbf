import { expect, test } from 'vitest'
import { buildAddressesOf } from '../../src/engine/build-addresses.ts'

test('endpoints of build steps are distinguished from those of containers by their id', () => {
  const Containers = {
    ['a1'.repeat(32)]: { IPv4Address: '172.17.0.2/16', IPv6Address: '' },
    k3v0y9q6kq1rj8m0n3c5p7s2t: { IPv4Address: '172.17.0.3/16', IPv6Address: 'fd00::3/64' },
    'ep-5f2b': {},
  }
  expect(buildAddressesOf({ Containers })).toEqual(['172.17.0.3', 'fd00::3'])
  expect(buildAddressesOf({ Containers: null })).toEqual([])
})
