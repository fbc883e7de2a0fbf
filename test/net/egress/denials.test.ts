/**
 * Denials are listed with rule, name, address and guest, and a guest that tries many destinations costs little.
 */
import { expect, test } from 'vitest'
import { AddressTable } from '../../../src/net/core/address-table.ts'
import { denialText, denialView } from '../../../src/net/egress/denials.ts'
import { Egress } from '../../../src/net/egress/egress.ts'
import { parseIpv4, parseIpv6 } from '../../../src/net/wire/addresses.ts'
import { protocol } from '../../../src/net/wire/ipv4.ts'
import { a, Resolver } from '../../support/net/dns-resolver.ts'

const guest = parseIpv4('192.168.65.3')

function egressOf(rules: string[], fallback: 'allow' | 'deny' = 'allow'): Egress {
  const egress = new Egress()
  egress.settings = { default: fallback, rules }
  return egress
}

const texts = (egress: Egress): string[] =>
  egress.denials.view().map((denial) => `${denialText(denialView(denial, 0))} by ${denial.rule}`)

test('a denied connection, datagram and ping are listed with the rule, latest first', () => {
  const egress = egressOf(['deny 10.0.0.0/8:22', 'deny 10.0.0.0/8/icmp'])
  egress.table6 = new AddressTable(1)
  egress.allows(protocol.tcp, parseIpv4('10.0.0.1'), 22, 1, guest)
  egress.allows(protocol.udp, parseIpv4('10.0.0.1'), 22, 2, guest)
  egress.allows(protocol.icmp, parseIpv4('10.0.0.1'), -1, 3, guest)
  egress.allows(protocol.tcp, parseIpv4('8.8.8.8'), 22, 4, guest)
  expect(texts(egress)).toEqual([
    'icmp 192.168.65.3 → 10.0.0.1 by deny 10.0.0.0/8/icmp',
    'udp 192.168.65.3 → 10.0.0.1:22 by deny 10.0.0.0/8:22',
    'tcp 192.168.65.3 → 10.0.0.1:22 by deny 10.0.0.0/8:22',
  ])
})

test('an IPv6 destination is listed in brackets, and keeps its text when its handle is reused', () => {
  const egress = egressOf([], 'deny')
  const table = new AddressTable(1)
  egress.table6 = table
  egress.allows(protocol.tcp, table.internBytes(parseIpv6('2001:db8::1')), 443, 0, guest)
  egress.table6 = new AddressTable(1)
  expect(texts(egress)).toEqual(['tcp 192.168.65.3 → [2001:db8::1]:443 by default deny'])
})

test('a denied name is listed with the rule and the guest', () => {
  const egress = egressOf(['deny *.bad.test'], 'deny')
  const resolver = new Resolver({ hosts: { 'registry.test': '10.4.4.4' } }, egress)
  resolver.ask('www.bad.test')
  resolver.ask('other.test')
  resolver.ask('registry.test')
  expect(egress.denials.view()).toMatchObject([
    { rule: 'default deny', at: 'dns', name: 'other.test', address: undefined },
    { rule: 'deny *.bad.test', at: 'dns', name: 'www.bad.test', address: undefined },
  ])
})

test('an address is listed with the name that resolved to it', () => {
  const egress = egressOf(['deny shop.test:443', 'allow shop.test'], 'deny')
  const resolver = new Resolver({}, egress)
  resolver.ask('shop.test')
  resolver.respond(0, { answers: [a('shop.test', '1.2.3.4')] })
  egress.allows(protocol.tcp, parseIpv4('1.2.3.4'), 443, resolver.nowMs, guest)
  expect(texts(egress)).toEqual(['tcp 192.168.65.3 → 1.2.3.4:443 (shop.test) by deny shop.test:443'])
})

test('an allowed destination is not listed', () => {
  const egress = egressOf(['allow 10.0.0.0/8'], 'deny')
  egress.allows(protocol.tcp, parseIpv4('10.0.0.1'), 22, 0, guest)
  expect(texts(egress)).toEqual([])
})

test('a repeated denial is counted in its entry', () => {
  const egress = egressOf([], 'deny')
  for (let i = 0; i < 5; i += 1) egress.allows(protocol.tcp, parseIpv4('10.0.0.1'), 22, i, guest)
  expect(egress.denials.view()).toMatchObject([{ id: 1, count: 5, firstMs: 0, lastMs: 4 }])
})

test('a scan of a million destinations leaves at most 256 entries, logs few of them, and counts all', () => {
  const egress = egressOf([], 'deny')
  let told = 0
  egress.denials.onRefusal = () => {
    told += 1
    return false
  }
  for (let i = 0; i < 1_000_000; i += 1)
    egress.allows(protocol.tcp, (10 << 24) + i, i & 0xffff, i / 1000, guest)
  const listed = egress.denials.view()
  expect(listed.length).toBeLessThanOrEqual(256)
  const counted = listed.reduce((sum, { count }) => sum + count, 0)
  expect(counted + egress.denials.unlisted).toBe(1_000_000)
  // A burst of 64 and 8 per second for one second.
  expect(told).toBeLessThanOrEqual(72)
  expect(egress.view().at(-1)).toMatchObject({ rule: 'default deny', sends: 1_000_000 })
})

test('entries are added again after a quiet time, and replace the oldest', () => {
  const egress = egressOf([], 'deny')
  for (let i = 0; i < 600; i += 1) egress.allows(protocol.udp, (10 << 24) + i, 53, i * 1000, guest)
  const listed = egress.denials.view()
  expect(listed).toHaveLength(256)
  expect(listed[0]).toMatchObject({ address: '10.0.2.87', id: 600 })
  expect(egress.denials.unlisted).toBe(0)
})
