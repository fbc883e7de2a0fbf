import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Egress } from '../../../src/net/egress/egress.ts'
import { parseIpv4 } from '../../../src/net/wire/addresses.ts'
import { protocol } from '../../../src/net/wire/ipv4.ts'
import { a, clientQuery, responseTo } from '../../support/net/dns-resolver.ts'
import { egress, tcp } from '../../support/net/egress-rules.ts'

/** Passes the answer for a name to the policy, as the resolver does. */
function learn(policy: Egress, name: string, answers: Parameters<typeof a>[], nowMs = 0): void {
  const records = answers.map((record) => a(...record))
  policy.learn(responseTo(clientQuery(name, 'A'), { answers: records }), 0, nowMs)
}

describe('outgoing traffic', () => {
  test.each([
    ['an address alone', ['deny 10.1.2.3/32'], '10.1.2.3', 80, false],
    ['its neighbour', ['deny 10.1.2.3/32'], '10.1.2.4', 80, true],
    ['a network', ['deny 10.0.0.0/8'], '10.255.0.1', 1, false],
    ['a high address', ['deny 200.0.0.0/7'], '201.1.2.3', 1, false],
    ['a port of a network', ['deny 10.0.0.0/8:22'], '10.0.0.1', 22, false],
    ['another port of it', ['deny 10.0.0.0/8:22'], '10.0.0.1', 23, true],
    ['the last of a range', ['deny *:6000-6063'], '1.2.3.4', 6063, false],
    ['what is behind a range', ['deny *:6000-6063'], '1.2.3.4', 6064, true],
    ['the other protocol', ['deny *:53/udp'], '1.2.3.4', 53, true],
    ['the first match, allow', ['allow 10.1.0.0/16', 'deny 10.0.0.0/8'], '10.1.2.3', 1, true],
    ['the first match, deny', ['deny 10.0.0.0/8', 'allow 10.1.0.0/16'], '10.1.2.3', 1, false],
  ] as const)('%s is decided by its rule', (_name, rules, address, port, isAllowed) => {
    expect(tcp(egress([...rules]), address, port)).toBe(isAllowed)
  })

  test('destinations without a rule get the default', () => {
    expect(tcp(egress(['deny 10.0.0.0/8'], 'allow'), '1.1.1.1', 1)).toBe(true)
    expect(tcp(egress(['allow 10.0.0.0/8'], 'deny'), '1.1.1.1', 1)).toBe(false)
  })

  test('ICMP has no port, so only rules without a port apply', () => {
    const ping = (policy: Egress) => policy.allows(protocol.icmp, parseIpv4('10.0.0.1'), -1, 0)
    expect(ping(egress(['deny 10.0.0.0/8:1-65535']))).toBe(true)
    expect(ping(egress(['deny 10.0.0.0/8/icmp']))).toBe(false)
    expect(tcp(egress(['deny 10.0.0.0/8/icmp']), '10.0.0.1', 80)).toBe(true)
  })

  test('the first matching rule wins, as in a naive reading of the list', () => {
    const rule = fc.record({
      isAllow: fc.boolean(),
      network: fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '*', '10.1.2.3/32'),
      port: fc.constantFrom(undefined, 80, 443),
      proto: fc.constantFrom(undefined, 'tcp', 'udp'),
    })
    const inside: Readonly<Record<string, (address: string) => boolean>> = {
      '10.0.0.0/8': (address) => address.startsWith('10.'),
      '10.1.0.0/16': (address) => address.startsWith('10.1.'),
      '*': () => true,
      '10.1.2.3/32': (address) => address === '10.1.2.3',
    }
    const address = fc.constantFrom('10.1.2.3', '10.1.9.9', '10.200.0.1', '8.8.8.8')
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 6 }),
        address,
        fc.constantFrom(80, 443, 22),
        (rules, to, port) => {
          const texts = rules.map(
            ({ isAllow, network, port: only, proto }) =>
              `${isAllow ? 'allow' : 'deny'} ${network}${only ? `:${only}` : ''}${proto ? `/${proto}` : ''}`,
          )
          const first = rules.find(
            ({ network, port: only, proto }) =>
              inside[network]!(to) && (only ?? port) === port && (proto ?? 'tcp') === 'tcp',
          )
          expect(tcp(egress(texts), to, port)).toBe(first?.isAllow ?? true)
        },
      ),
    )
  })
})

describe('names', () => {
  test('an address of an allowed name is reachable on the ports of the rule', () => {
    const policy = egress(['allow *.example.com:443'], 'deny')
    expect(policy.judgeName('www.example.com')).toBe('allow')
    learn(policy, 'www.example.com', [['www.example.com', '93.184.216.34', 300]])
    expect(tcp(policy, '93.184.216.34', 443)).toBe(true)
    expect(tcp(policy, '93.184.216.34', 80)).toBe(false)
    expect(tcp(policy, '93.184.216.35', 443)).toBe(false)
  })

  test('an address expires a minute after its TTL, and not before', () => {
    const policy = egress(['allow a.test'], 'deny')
    learn(policy, 'a.test', [['a.test', '1.2.3.4', 30]])
    expect(tcp(policy, '1.2.3.4', 80, 89_999)).toBe(true)
    expect(tcp(policy, '1.2.3.4', 80, 90_000)).toBe(false)
  })

  test('a flow of datagrams keeps its address known while it is in use', () => {
    const policy = egress(['allow a.test:443/udp'], 'deny')
    learn(policy, 'a.test', [['a.test', '1.2.3.4', 0]])
    const send = (nowMs: number) => policy.allows(protocol.udp, parseIpv4('1.2.3.4'), 443, nowMs)
    for (let nowMs = 0; nowMs < 600_000; nowMs += 50_000) expect(send(nowMs)).toBe(true)
    expect(send(700_000)).toBe(false)
  })

  test('an alias is a name of the address too, so an address cannot hide behind another name', () => {
    const policy = egress(['deny tracker.test', 'allow *'])
    const answers = [
      { type: 'CNAME', name: 'stats.shop.test', ttl: 60, data: 'tracker.test' } as const,
      a('tracker.test', '1.2.3.4'),
    ]
    policy.learn(responseTo(clientQuery('stats.shop.test', 'A'), { answers }), 0, 0)
    expect(tcp(policy, '1.2.3.4', 443)).toBe(false)
  })

  test('aliases are followed in any record order; other records of a response are ignored', () => {
    const policy = egress(['allow good.test', 'allow shop.test'], 'deny')
    const answers = [
      a('end.test', '1.2.3.4'),
      { type: 'CNAME', name: 'middle.test', ttl: 60, data: 'end.test' } as const,
      { type: 'CNAME', name: 'shop.test', ttl: 60, data: 'middle.test' } as const,
      a('good.test', '6.6.6.6'),
      a('other.test', '6.6.6.7'),
    ]
    policy.learn(responseTo(clientQuery('shop.test', 'A'), { answers }), 0, 0)
    expect(['1.2.3.4', '6.6.6.6', '6.6.6.7'].map((address) => tcp(policy, address, 443))).toEqual([
      true,
      false,
      false,
    ])
  })

  test('for an address with two names, the first rule for either name applies', () => {
    const policy = egress(['allow good.test', 'deny bad.test:80'], 'deny')
    learn(policy, 'bad.test', [['bad.test', '1.2.3.4', 60]])
    expect(tcp(policy, '1.2.3.4', 80)).toBe(false)
    learn(policy, 'good.test', [['good.test', '1.2.3.4', 60]])
    expect(tcp(policy, '1.2.3.4', 80)).toBe(true)
  })

  test.each([
    ['a denied name', ['deny bad.test'], 'allow', 'bad.test', 'deny'],
    ['a name below one', ['deny bad.test'], 'allow', 'a.bad.test', 'allow'],
    ['a name below a wildcard', ['deny *.bad.test'], 'allow', 'a.b.bad.test', 'deny'],
    ["the wildcard's own name", ['deny *.bad.test'], 'allow', 'bad.test', 'allow'],
    ['a name that ends alike', ['deny *.bad.test'], 'allow', 'notbad.test', 'allow'],
    ['denied on one port only', ['deny bad.test:25'], 'allow', 'bad.test', 'allow'],
    ['not named, all denied', ['allow a.test'], 'deny', 'b.test', 'deny-by-default'],
    ['allowed on one port', ['allow a.test:443'], 'deny', 'a.test', 'allow'],
    ['not named, behind deny *', ['allow a.test', 'deny *'], 'allow', 'b.test', 'deny-by-default'],
    ['it may lie in an allowed network', ['allow 10.0.0.0/8'], 'deny', 'b.test', 'allow'],
    ['denied by name before all else', ['allow 10.0.0.0/8', 'deny b.test'], 'allow', 'b.test', 'deny'],
  ] as const)('%s', (_name, rules, fallback, name, verdict) => {
    expect(egress([...rules], fallback).judgeName(name)).toBe(verdict)
  })
})

describe('live changes', () => {
  test('learned addresses are matched with the new rules', () => {
    const policy = egress(['allow a.test:80'], 'deny')
    learn(policy, 'a.test', [['a.test', '1.2.3.4', 60]])
    policy.settings = { default: 'deny', rules: ['deny b.test', 'allow *.test:443', 'allow a.test:22'] }
    expect([80, 443, 22].map((port) => tcp(policy, '1.2.3.4', port))).toEqual([false, true, true])
  })

  test('unchanged rules keep their counters, and every decision is counted once', () => {
    const policy = egress(['deny 10.0.0.0/8', 'allow a.test'])
    tcp(policy, '10.0.0.1', 1)
    tcp(policy, '10.0.0.2', 1)
    tcp(policy, '1.1.1.1', 1)
    policy.judgeName('a.test')
    policy.settings = { default: 'allow', rules: ['allow a.test', 'deny *:25', 'deny 10.0.0.0/8'] }
    expect(policy.view()).toEqual([
      { rule: 'allow a.test', sends: 0, names: 1 },
      { rule: 'deny *:25', sends: 0, names: 0 },
      { rule: 'deny 10.0.0.0/8', sends: 2, names: 0 },
      { rule: 'default allow', sends: 1, names: 0 },
    ])
  })

  test('an invalid rule changes nothing', () => {
    const policy = egress(['deny 10.0.0.0/8'])
    expect(() => {
      policy.settings = { default: 'allow', rules: ['deny'] }
    }).toThrow('"deny" is not an egress rule')
    expect(tcp(policy, '10.0.0.1', 1)).toBe(false)
  })

  test('memory is bounded for any number of learned addresses', () => {
    const policy = egress(['allow *.test'])
    const address = { isInner: false, isOwn: false }
    const told = (name: string) => ({ names: [name], chain: new Set([name]) })
    for (let i = 0; i < 20_000; i += 1) policy.learned.add({ ...address, key: i }, told('a.test'), 60, 0)
    for (let i = 0; i < 1000; i += 1) policy.learned.add({ ...address, key: 7 }, told(`${i}.test`), 60, 0)
    expect(policy.learned.size).toBe(16_384)
  })
})
