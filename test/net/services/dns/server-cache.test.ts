/** The server's DNS cache (RFC 2308). */
import packet from 'dns-packet'
import { describe, expect, test } from 'vitest'
import { maxCacheBytes } from '../../../../src/net/services/dns/cache.ts'
import { a, code, edns, Resolver, soa } from '../../../support/net/dns-resolver.ts'

describe('cache', () => {
  test('an answer is cached for its TTL, which counts down', () => {
    const resolver = new Resolver()
    resolver.ask('x.example')
    resolver.respond(0, { answers: [a('x.example', '1.1.1.1', 60), a('x.example', '1.1.1.2', 90)] })
    resolver.nowMs += 10_500
    expect(resolver.ask('X.example').reply!.answers).toMatchObject([{ ttl: 50 }, { ttl: 80 }])
    resolver.nowMs += 49_500
    resolver.ask('x.example')
    expect(resolver.upstream.sent).toHaveLength(2)
  })

  test.each([
    { name: 'NXDOMAIN', flags: code.nxDomain },
    { name: 'NODATA', flags: 0 },
  ])('$name is remembered for the lesser of the SOA TTL and its minimum (RFC 2308)', ({ flags }) => {
    const resolver = new Resolver()
    resolver.ask('no.example')
    resolver.respond(0, { flags, authorities: [soa('example', 300, 30)] })
    resolver.nowMs += 29_000
    expect(resolver.ask('no.example').reply).toMatchObject({ answers: [] })
    expect(resolver.upstream.sent).toHaveLength(1)
    resolver.nowMs += 1000
    resolver.ask('no.example')
    expect(resolver.upstream.sent).toHaveLength(2)
  })

  test('an answer without SOA, a failure, or one with TTL 0 is not cached', () => {
    const resolver = new Resolver({ upstreams: ['10.0.0.1'] })
    const responses = [
      { flags: code.nxDomain },
      { flags: code.servFail },
      { answers: [a('x.example', '1.1.1.1', 0)] },
    ]
    for (const [index, response] of responses.entries()) {
      resolver.ask('x.example')
      expect(resolver.upstream.sent).toHaveLength(index + 1)
      resolver.respond(index, response)
    }
  })

  test('the settings limit every TTL from below and above', () => {
    const cache = { max: 100, minTtlSeconds: 20, maxTtlSeconds: 40 }
    const resolver = new Resolver({ cache })
    for (const [index, [name, ttl]] of (['s.example', 'l.example'] as const)
      .map((n, i) => [n, [1, 9999][i]!] as const)
      .entries()) {
      const asked = resolver.ask(name)
      resolver.respond(index, { answers: [a(name, '1.1.1.1', ttl)] })
      expect(asked.reply!.answers).toMatchObject([{ ttl: [20, 40][index] }])
    }
  })

  test('at most max answers are cached, and used ones outlive unused ones', () => {
    const resolver = new Resolver({ cache: { max: 10, minTtlSeconds: 0, maxTtlSeconds: 3600 } })
    const learn = (name: string) => {
      const before = resolver.upstream.sent.length
      resolver.ask(name)
      if (resolver.upstream.sent.length > before) resolver.respond(-1, { answers: [a(name, '1.1.1.1')] })
    }
    for (let i = 0; i < 100; i += 1) {
      learn('favourite.example')
      learn(`n${i}.example`)
    }
    expect(resolver.upstream.sent).toHaveLength(101)
  })

  test('large answers reach the memory limit before the number limit', () => {
    const resolver = new Resolver({ cache: { max: 1_000_000, minTtlSeconds: 0, maxTtlSeconds: 3600 } })
    const data = Array.from({ length: 240 }, () => Buffer.alloc(250))
    const kept = Math.ceil(maxCacheBytes / (240 * 250))
    for (let i = 0; i <= kept; i += 1) {
      resolver.ask(`n${i}.example`, 'TXT')
      resolver.respond(i, { answers: [{ type: 'TXT', name: `n${i}.example`, ttl: 60, data }] })
    }
    const asksAgain = (i: number) => resolver.ask(`n${i}.example`, 'TXT').reply === undefined
    expect([asksAgain(0), asksAgain(kept)]).toEqual([true, false])
  })

  test('answers with and without DNSSEC records are cached separately', () => {
    const resolver = new Resolver()
    resolver.ask('x.example')
    resolver.respond(0, { answers: [a('x.example', '1.1.1.1')] })
    resolver.ask('x.example', 'A', edns(1232, packet.DNSSEC_OK))
    expect(resolver.upstream.sent).toHaveLength(2)
    expect(resolver.upstream.sent[1]!.query.additionals).toMatchObject([{ flag_do: true }])
  })

  test('after a change of servers, a response of the previous ones is neither cached nor awaited by new queries', () => {
    const resolver = new Resolver({ upstreams: ['system'] })
    resolver.system = [{ address: '10.8.0.1', port: 53 }]
    const early = resolver.ask('x.example')
    resolver.nowMs += 1000
    resolver.system = [{ address: '192.168.1.1', port: 53 }]
    const late = resolver.ask('x.example')
    expect(resolver.upstream.sent.map(({ server }) => server)).toEqual(['10.8.0.1:53', '192.168.1.1:53'])
    resolver.respond(1, { answers: [a('x.example', '2.2.2.2')] })
    resolver.respond(0, { answers: [a('x.example', '1.1.1.1')] })
    const answers = [early, late, resolver.ask('x.example')].map(({ reply }) => reply?.answers)
    expect(answers).toMatchObject([[{ data: '1.1.1.1' }], [{ data: '2.2.2.2' }], [{ data: '2.2.2.2' }]])
    expect(resolver.upstream.waiting).toBe(0)
  })

  test("the upstream's AD flag reaches only clients that send AD or DO, also from the cache", () => {
    const resolver = new Resolver()
    const plain = resolver.ask('x.example')
    expect(resolver.upstream.sent[0]!.query).toMatchObject({ flag_ad: true })
    resolver.respond(0, { flags: packet.AUTHENTIC_DATA, answers: [a('x.example', '1.1.1.1')] })
    const aware = resolver.ask('x.example', 'A', { flags: packet.RECURSION_DESIRED | packet.AUTHENTIC_DATA })
    expect([plain, aware].map(({ reply }) => reply!.flag_ad)).toEqual([false, true])
    const validating = resolver.ask('x.example', 'A', edns(1232, packet.DNSSEC_OK))
    resolver.respond(1, { flags: packet.AUTHENTIC_DATA, answers: [a('x.example', '1.1.1.1')] })
    expect(validating.reply!.flag_ad).toBe(true)
    expect(resolver.upstream.sent).toHaveLength(2)
  })
})
