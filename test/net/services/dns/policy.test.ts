import type packet from 'dns-packet'
import { describe, expect, test } from 'vitest'
import type { EgressSettings } from '../../../../src/config/desired.ts'
import { Egress } from '../../../../src/net/egress/egress.ts'
import { parseIpv4 } from '../../../../src/net/wire/addresses.ts'
import { a, edns, Resolver } from '../../../support/net/dns-resolver.ts'

function policed(rules: string[], fallback: EgressSettings['default'] = 'allow') {
  const egress = new Egress()
  egress.settings = { default: fallback, rules }
  const resolver = new Resolver({ hosts: { 'registry.test': '10.4.4.4' } }, egress)
  const mayReach = (address: string, nowMs = resolver.nowMs) =>
    egress.allows(6, parseIpv4(address), 443, nowMs)
  return { egress, resolver, mayReach }
}

describe('a denied name', () => {
  test('does not exist, over UDP and TCP, and causes no upstream query', () => {
    const { resolver } = policed(['deny *.bad.test'])
    for (const channel of ['udp', 'tcp'] as const) {
      expect(resolver.ask('WWW.Bad.Test', 'A', { channel }).reply).toMatchObject({
        rcode: 'NXDOMAIN',
        answers: [],
        additionals: [],
      })
    }
    expect(resolver.upstream.sent).toEqual([])
    expect(resolver.server.counters.denied).toBe(2)
  })

  test('is reported as blocked to a client with EDNS', () => {
    const { resolver } = policed(['deny bad.test'])
    const { reply } = resolver.ask('bad.test', 'A', edns(1232))
    const [opt] = reply!.additionals as (packet.Answer & { options: { code: number; data: Buffer }[] })[]
    expect(opt!.options).toMatchObject([{ code: 15 }])
    expect(opt!.options[0]!.data.readUInt16BE(0)).toBe(15)
    expect(opt!.options[0]!.data.subarray(2).toString()).toBe('denied by network.egress')
  })

  test('is denied even if it was cached before the rule was set', () => {
    const { resolver, egress } = policed(['deny other.test'])
    resolver.ask('late.test')
    resolver.respond(0, { answers: [a('late.test', '1.2.3.4', 600)] })
    expect(resolver.ask('late.test').reply).toMatchObject({ rcode: 'NOERROR' })
    egress.settings = { default: 'allow', rules: ['deny late.test'] }
    expect(resolver.ask('late.test').reply).toMatchObject({ rcode: 'NXDOMAIN' })
  })
})

describe('lockdown', () => {
  const locked = (rules: string[]) => {
    const known = policed(rules, 'deny')
    known.egress.settings = { preset: 'lockdown', default: 'deny', rules }
    return known
  }

  test.each(['A', 'AAAA', 'TXT', 'MX', 'SRV', 'NULL', 'CNAME'] as const)(
    'a name without an allow rule is not resolved for %s, even if a rule allows a network',
    (type) => {
      const { resolver } = locked(['allow 10.0.0.0/8', 'allow good.test:443', 'allow [fd00::/16]'])
      for (const name of [
        'c2VjcmV0.evil.test',
        'www.good.test',
        'good.test.evil.test',
        'test',
        'oogood.test',
      ])
        expect(resolver.ask(name, type).reply).toMatchObject({ rcode: 'NXDOMAIN' })
      expect(resolver.upstream.sent).toEqual([])
    },
  )

  test('an allowed name is resolved upstream, and built-in names are answered', () => {
    const { resolver } = locked(['allow good.test:443'])
    resolver.ask('good.test')
    expect(resolver.upstream.sent).toHaveLength(1)
    expect(resolver.ask('registry.test').reply!.answers).toMatchObject([{ data: '10.4.4.4' }])
  })

  test('with only deny by default, names are resolved if a network is allowed', () => {
    const { resolver } = policed(['allow 10.0.0.0/8'], 'deny')
    resolver.ask('nas.test')
    expect(resolver.upstream.sent).toHaveLength(1)
  })
})

describe('deny by default', () => {
  test('built-in names are still answered, unless a rule denies them', () => {
    const { resolver } = policed([], 'deny')
    expect(resolver.ask('registry.test').reply!.answers).toMatchObject([{ data: '10.4.4.4' }])
    expect(resolver.ask('host.docker.internal').reply!.answers).toHaveLength(1)
    expect(resolver.ask('example.com').reply).toMatchObject({ rcode: 'NXDOMAIN' })
    const named = policed(['deny registry.test'], 'deny').resolver
    expect(named.ask('registry.test').reply).toMatchObject({ rcode: 'NXDOMAIN' })
  })

  test('an allowed name is reachable by its address, even if the answer was cached', () => {
    const { resolver, mayReach } = policed(['allow a.test'], 'deny')
    resolver.ask('a.test')
    expect(mayReach('1.2.3.4')).toBe(false)
    resolver.respond(0, { answers: [a('a.test', '1.2.3.4', 300)] })
    expect(mayReach('1.2.3.4')).toBe(true)
    resolver.passTime(290_000)
    expect(resolver.ask('a.test').reply!.answers).toMatchObject([{ ttl: 10 }])
    resolver.passTime(60_000)
    expect(mayReach('1.2.3.4')).toBe(true)
    resolver.passTime(30_000)
    expect(mayReach('1.2.3.4')).toBe(false)
  })

  test('an allowed built-in name stays reachable, however often it is resolved', () => {
    const { resolver, mayReach } = policed(['allow registry.test'], 'deny')
    for (let i = 0; i < 3; i += 1) {
      resolver.ask('registry.test')
      expect(mayReach('10.4.4.4')).toBe(true)
      resolver.passTime(120_000)
      expect(mayReach('10.4.4.4')).toBe(false)
    }
  })
})
