/** An allowed name is its owner's: what it answers opens nothing of the host's side, and no other name's address. */
import type { Answer } from 'dns-packet'
import { expect, test } from 'vitest'
import { AddressTable } from '../../src/net/core/address-table.ts'
import { Egress } from '../../src/net/egress/egress.ts'
import { parseIpv4, parseIpv6 } from '../../src/net/wire/addresses.ts'
import { protocol } from '../../src/net/wire/ipv4.ts'
import { a, Resolver } from '../support/net/dns-resolver.ts'

const subnet = '203.0.113.0/24'

/** Everything is denied but what the rules say; `evil.test` answers with `answers`, and `asked` was asked for. */
function lookedUp({
  rules = ['allow evil.test', 'allow *.evil.test'],
  asked = 'evil.test',
  type = 'A',
  answers,
  additionals = [],
  hosts = {},
}: {
  rules?: string[]
  asked?: string
  type?: 'A' | 'AAAA'
  answers: Answer[]
  additionals?: Answer[]
  hosts?: Record<string, string>
}): (address: string, port?: number) => boolean {
  const egress = new Egress([subnet, 'fd00:65::/64'])
  egress.settings = { default: 'deny', rules }
  const table = new AddressTable(64)
  egress.table6 = table
  const resolver = new Resolver({ hosts }, egress)
  resolver.ask(asked, type)
  if (resolver.upstream.sent.length > 0) resolver.respond(0, { answers, additionals })
  return (address, port = 443) => {
    const to = address.includes(':') ? table.internBytes(parseIpv6(address)) : parseIpv4(address)
    const ways = [protocol.tcp, protocol.udp].map((proto) => egress.allows(proto, to, port, resolver.nowMs))
    return [...ways, egress.allows(protocol.icmp, to, -1, resolver.nowMs)].some(Boolean)
  }
}

const inner4 = [
  ...['0.0.0.0', '0.1.2.3', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.127.255.254', '127.0.0.1'],
  ...['127.0.0.53', '127.255.255.255', '169.254.0.1', '169.254.169.254', '169.254.170.2', '172.16.0.1'],
  ...['172.17.0.1', '172.31.255.255', '192.0.0.1', '192.0.0.170', '192.168.0.1', '192.168.65.1'],
  ...['192.168.65.254', '192.168.255.255', '198.18.0.1', '198.19.255.255', '203.0.113.1', '203.0.113.254'],
  ...['224.0.0.1', '224.0.0.251', '239.255.255.250', '240.0.0.1', '255.255.255.255'],
]

test.each(inner4)('a name that answers %s does not open it', (address) => {
  const reaches = lookedUp({ answers: [a('evil.test', address)] })
  expect(reaches(address)).toBe(false)
})

const inner6 = [
  ...['::', '::1', '::7f00:1', '::a00:1', '::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:8.8.8.8'],
  ...[
    'fe80::1',
    'fe80::5054:ff:fe00:1',
    'febf::1',
    'fec0::1',
    'fc00::1',
    'fd00::1',
    'fd00:65::1',
    'fd00:ec2::254',
  ],
  ...[
    'ff02::1',
    'ff02::fb',
    'ff0e::1',
    '64:ff9b::7f00:1',
    '64:ff9b::a00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
  ],
  ...['2002:7f00:1::1', '2002:a00:1::1', '2002:c0a8:101::', '2001::1', '2001:0:7f00:1::'],
]

test.each(inner6)('a name that answers %s does not open it', (address) => {
  const answers = [{ type: 'AAAA', name: 'evil.test', ttl: 60, data: address } as const]
  expect(lookedUp({ type: 'AAAA', answers })(address)).toBe(false)
})

const alias = (name: string, data: string): Answer => ({ type: 'CNAME', name, ttl: 60, data })
const outer = '198.51.100.7'

test.each([
  ['by an alias', [alias('evil.test', 'x.test'), a('x.test', '10.0.0.1')], '10.0.0.1'],
  [
    'by an alias of an alias',
    [alias('evil.test', 'x.test'), alias('x.test', 'y.test'), a('y.test', '127.0.0.1')],
    '127.0.0.1',
  ],
  ['by an alias to localhost', [alias('evil.test', 'localhost'), a('localhost', '127.0.0.1')], '127.0.0.1'],
  [
    'by an alias to the host',
    [alias('evil.test', 'host.docker.internal'), a('host.docker.internal', '203.0.113.254')],
    '203.0.113.254',
  ],
  ['beside an address of the outside', [a('evil.test', outer), a('evil.test', '10.0.0.1')], '10.0.0.1'],
  [
    'behind many addresses',
    [...Array.from({ length: 20 }, (_, i) => a('evil.test', `198.51.100.${i}`)), a('evil.test', '10.0.0.1')],
    '10.0.0.1',
  ],
  ['for another name', [a('evil.test', outer), a('bank.test', '198.51.100.99')], '198.51.100.99'],
  ['for a name above it', [a('test', '198.51.100.99')], '198.51.100.99'],
  [
    'for an alias that nobody asked for',
    [alias('x.test', 'evil.test'), a('x.test', '198.51.100.99')],
    '198.51.100.99',
  ],
] as const)('an address is not opened %s', (_name, answers, address) => {
  expect(lookedUp({ answers: [...answers] })(address)).toBe(false)
})

test('an additional address in an answer is not opened', () => {
  const answers = [a('evil.test', outer)]
  const reaches = lookedUp({ answers, additionals: [a('evil.test', '198.51.100.99')] })
  expect(reaches('198.51.100.99')).toBe(false)
  expect(reaches(outer)).toBe(true)
})

test('a name that no rule allows opens nothing, whatever it answers', () => {
  expect(lookedUp({ asked: 'bank.test', answers: [a('bank.test', outer)] })(outer)).toBe(false)
})

test.each(['allow *', 'allow 10.0.0.0/8', 'allow 10.0.0.1/32:443/tcp'])(
  'an inner address is open to an allowed name by the rule %s',
  (rule) => {
    const reaches = lookedUp({ rules: ['allow evil.test', rule], answers: [a('evil.test', '10.0.0.1')] })
    expect(reaches('10.0.0.1')).toBe(true)
  },
)

test('a name of the file leads where the file says, inside too', () => {
  const reaches = lookedUp({
    rules: ['allow nas.test'],
    asked: 'nas.test',
    hosts: { 'nas.test': '192.168.1.9' },
    answers: [],
  })
  expect(reaches('192.168.1.9')).toBe(true)
  expect(reaches('192.168.1.10')).toBe(false)
})

test('an address of the file is not opened by a name of others', () => {
  const reaches = lookedUp({ hosts: { 'nas.test': '192.168.1.9' }, answers: [a('evil.test', '192.168.1.9')] })
  expect(reaches('192.168.1.9')).toBe(false)
})

test('a name that is denied is denied wherever it leads', () => {
  const reaches = lookedUp({
    rules: ['deny evil.test:443', 'allow *'],
    answers: [a('evil.test', '10.0.0.1')],
  })
  expect(reaches('10.0.0.1', 80)).toBe(true)
})
