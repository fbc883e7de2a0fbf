import { expect, test } from 'vitest'
import { ipv6Settings } from '../../../../src/config/ipv6-network.ts'
import { maxHostNames, parseHosts } from '../../../../src/net/services/dns/hosts-file.ts'
import { LocalNames } from '../../../../src/net/services/dns/local-names.ts'
import { recordType } from '../../../../src/net/wire/dns.ts'
import { own } from '../../../support/net/dns-resolver.ts'

const six = { ...own, ipv6: ipv6Settings('fd00:65::/64') }

test("a name of the host's loopback resolves to the host, other addresses are unchanged", () => {
  const text =
    '127.0.0.1 dev.local\n127.0.1.1\tmybox\n::1 six.local\n10.1.2.3 nas nas.lan # both\nfd00::7 far\n'
  expect(parseHosts(text, own)).toEqual([
    { name: 'dev.local', value: own.host },
    { name: 'mybox', value: own.host },
    { name: 'nas', value: '10.1.2.3' },
    { name: 'nas.lan', value: '10.1.2.3' },
    { name: 'far', value: 'fd00::7' },
  ])
  expect(parseHosts(text, six)).toContainEqual({ name: 'six.local', value: six.ipv6.host })
})

test.each([
  '0.0.0.0 ads.example',
  ':: ads.example',
  '255.255.255.255 broadcasthost',
  'ff02::1 ip6-allnodes',
  'fe80::1%lo0 localhost',
  '10.1 short.example',
  'name 10.0.0.1',
  '10.0.0.1',
  '# 10.0.0.1 off.example',
  '10.0.0.1 bad/name ..',
])('an entry that leads nowhere or makes no sense is passed over: %s', (line) => {
  expect(parseHosts(`${line}\n`, six)).toEqual([])
})

test('a large hosts file is read up to a limit', () => {
  const lines = Array.from({ length: maxHostNames + 10 }, (_, i) => `10.0.0.1 n${i}\n`)
  expect(parseHosts(lines.join(''), own)).toHaveLength(maxHostNames)
})

test('names of the host have lower precedence than those of the file and never override local names', () => {
  const given = [{ name: '*.test', value: '10.0.0.9' }]
  const ofHost = parseHosts(
    '10.6.6.6 host.docker.internal localhost a.test\n10.1.2.3 nas\nfd00::7 nas\n10.6.6.6 x.docker.internal\n',
    own,
  )
  const names = new LocalNames(own, given, [], ofHost)
  const addresses = (name: string): unknown => {
    const found = names.lookup(name, recordType.any)
    return found?.kind === 'records' ? found.records.map(({ rdata }) => [...rdata].slice(0, 4)) : found?.kind
  }
  expect(addresses('host.docker.internal')).toEqual([[192, 168, 65, 254]])
  expect(addresses('localhost')).not.toContainEqual([10, 6, 6, 6])
  expect(addresses('a.test')).toEqual([[10, 0, 0, 9]])
  expect(addresses('x.docker.internal')).toBe('no-name')
  expect(addresses('nas')).toEqual([
    [10, 1, 2, 3],
    [0xfd, 0, 0, 0],
  ])
  expect(names.lookup('3.2.1.10.in-addr.arpa', recordType.ptr)?.kind).toBe('records')
})
