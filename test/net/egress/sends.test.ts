/** Destinations without a matching rule, the input of `egress learn`. */
import { expect, test } from 'vitest'
import { Egress } from '../../../src/net/egress/egress.ts'
import { parseIpv4 } from '../../../src/net/wire/addresses.ts'
import { protocol } from '../../../src/net/wire/ipv4.ts'
import { a, Resolver } from '../../support/net/dns-resolver.ts'

const guest = parseIpv4('192.168.65.3')
const outside = parseIpv4('1.2.3.4')
const minuteMs = 60_000

function egressOf(...rules: string[]): Egress {
  const egress = new Egress()
  egress.settings = { default: 'allow', rules }
  return egress
}

test('each destination is listed once per protocol and port, with the name that the guest queried', () => {
  const egress = egressOf()
  egress.sends(0)
  const resolver = new Resolver({}, egress)
  resolver.ask('shop.test')
  const alias = { type: 'CNAME', name: 'shop.test', ttl: 60, data: 'edge.cdn.test' } as const
  resolver.respond(0, { answers: [alias, a('edge.cdn.test', '1.2.3.4')] })
  for (const port of [443, 443, 80]) egress.allows(protocol.tcp, outside, port, 1, guest)
  egress.allows(protocol.udp, outside, 443, 1, guest)
  egress.allows(protocol.icmp, parseIpv4('8.8.8.8'), -1, 1, guest)
  const shop = { guest: '192.168.65.3', name: 'shop.test', address: '1.2.3.4' }
  expect(egress.sends(2)).toEqual({
    listed: [
      { ...shop, protocol: 'tcp', port: 443 },
      { ...shop, protocol: 'tcp', port: 80 },
      { ...shop, protocol: 'udp', port: 443 },
      { guest: '192.168.65.3', protocol: 'icmp', name: null, address: '8.8.8.8', port: null },
    ],
    unlisted: 0,
  })
})

test('a destination with a rule is not listed', () => {
  const egress = egressOf('allow 1.2.3.4:443', 'deny 1.2.3.0/24')
  egress.sends(0)
  for (const port of [443, 80]) egress.allows(protocol.tcp, outside, port, 1, guest)
  expect(egress.sends(2).listed).toEqual([])
})

test('nothing is evaluated before the first read, or half a minute after the last one', () => {
  const egress = egressOf()
  expect(egress.isActive).toBe(false)
  egress.sends(0)
  expect(egress.isActive).toBe(true)
  egress.allows(protocol.tcp, outside, 443, minuteMs, guest)
  expect(egress.isActive).toBe(false)
  expect(egress.sends(2 * minuteMs).listed).toEqual([])
})

test('a read long after the last one starts a new record', () => {
  const egress = egressOf()
  egress.sends(0)
  egress.allows(protocol.tcp, outside, 443, 1, guest)
  expect(egress.sends(2).listed).toHaveLength(1)
  expect(egress.sends(minuteMs).listed).toEqual([])
})

test('the list of destinations is bounded', () => {
  const egress = egressOf()
  egress.sends(0)
  for (let i = 0; i < 3_000; i += 1) egress.allows(protocol.tcp, outside + i, 443, 1, guest)
  const { listed, unlisted } = egress.sends(2)
  expect([listed.length, unlisted]).toEqual([2_048, 952])
})
