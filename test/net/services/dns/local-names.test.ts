import packet, { type Packet } from 'dns-packet'
import { describe, expect, test } from 'vitest'
import { ipv6Settings } from '../../../../src/config/ipv6-network.ts'
import { LocalNames } from '../../../../src/net/services/dns/local-names.ts'
import { recordType } from '../../../../src/net/wire/dns.ts'
import { a, own, Resolver } from '../../../support/net/dns-resolver.ts'

function answers(resolver: Resolver, name: string, type = 'A'): unknown[] {
  const { reply } = resolver.ask(name, type)
  return (reply!.answers ?? []).map((record) => ('data' in record ? record.data : undefined))
}

function wireName(name: string): Buffer {
  return packet.encode({ questions: [{ type: 'A', name }] }).subarray(12, -4)
}

/** A message that contains the name once, with 14-bit pointers to it elsewhere. */
function compressed(message: Packet, name: string): Uint8Array {
  const bytes = packet.encode(message)
  const wire = wireName(name)
  const parts: Buffer[] = []
  const first = bytes.indexOf(wire)
  let at = 0
  for (let found = first; found >= 0; found = bytes.indexOf(wire, at)) {
    parts.push(bytes.subarray(at, found), found === first ? wire : Buffer.of(0xc0 | (first >> 8), first))
    at = found + wire.length
  }
  return Buffer.concat([...parts, bytes.subarray(at)])
}

describe('local names', () => {
  test.each([
    ['host.docker.internal', '192.168.65.254'],
    ['gateway.docker.internal', '192.168.65.1'],
    ['vm.docker.internal', '192.168.65.3'],
    ['localhost', '127.0.0.1'],
    ['any.localhost', '127.0.0.1'],
  ])('%s is %s, said with authority', (name, address) => {
    const { reply } = new Resolver().ask(name)
    expect(reply).toMatchObject({ rcode: 'NOERROR', flag_aa: true, flag_ra: true, flag_rd: true, id: 4660 })
    expect(reply!.answers).toMatchObject([{ name, type: 'A', data: address, ttl: 0 }])
  })

  test('an address has a reverse name, the first name that it had', () => {
    const resolver = new Resolver({ hosts: { 'registry.test': '192.168.65.254', 'far.test': '10.9.8.7' } })
    expect(answers(resolver, '254.65.168.192.in-addr.arpa', 'PTR')).toEqual(['host.docker.internal'])
    expect(answers(resolver, '7.8.9.10.in-addr.arpa', 'PTR')).toEqual(['far.test'])
    expect(answers(resolver, '1.0.0.127.in-addr.arpa', 'PTR')).toEqual(['localhost'])
  })

  test('with IPv6 the local names have both addresses, and its reverse zone is local', () => {
    const names = new LocalNames({ ...own, ipv6: ipv6Settings('fd00:65::/64') }, [])
    const reverse = (nibbles: string) => `${nibbles.split('').toReversed().join('.')}.ip6.arpa`
    const addresses = (name: string) => {
      const found = names.lookup(name, recordType.any)
      return found?.kind === 'records' ? found.records.map(({ rdata }) => rdata.length) : found
    }
    for (const name of ['host', 'gateway', 'vm'])
      expect(addresses(`${name}.docker.internal`)).toEqual([4, 16])
    const prefix = 'fd00006500000000'
    expect(names.lookup(reverse(`${prefix}00000000000000fe`), recordType.ptr)).toMatchObject({
      kind: 'records',
    })
    expect(names.lookup(reverse(`${prefix}0000000000000009`), recordType.ptr)).toMatchObject({
      kind: 'no-name',
    })
    expect(names.lookup(reverse('fd0000660000000000000000000000fe'), recordType.ptr)).toBeUndefined()
  })

  test('IPv6 hosts have AAAA and a reverse name', () => {
    const resolver = new Resolver({ hosts: { 'six.test': 'fd00::5' } })
    expect(answers(resolver, 'six.test', 'AAAA')).toEqual(['fd00::5'])
    const nibbles = 'fd000000000000000000000000000005'.split('').toReversed().join('.')
    expect(answers(resolver, `${nibbles}.ip6.arpa`, 'PTR')).toEqual(['six.test'])
  })

  test('a name without the requested type is NODATA, an unknown name NXDOMAIN', () => {
    const resolver = new Resolver({ hosts: { 'deep.down.docker.internal': '10.0.0.9' } })
    expect(resolver.ask('host.docker.internal', 'AAAA').reply).toMatchObject({
      rcode: 'NOERROR',
      answers: [],
    })
    expect(resolver.ask('host.docker.internal', 'MX').reply).toMatchObject({ rcode: 'NOERROR', answers: [] })
    expect(resolver.ask('down.docker.internal').reply).toMatchObject({ rcode: 'NOERROR', answers: [] })
    expect(resolver.ask('docker.internal').reply).toMatchObject({ rcode: 'NOERROR', answers: [] })
    expect(resolver.ask('nobody.docker.internal').reply).toMatchObject({ rcode: 'NXDOMAIN', answers: [] })
    expect(resolver.ask('77.65.168.192.in-addr.arpa', 'PTR').reply).toMatchObject({ rcode: 'NXDOMAIN' })
    expect(resolver.ask('x.invalid').reply).toMatchObject({ rcode: 'NXDOMAIN' })
  })

  test.each([
    ['nope.docker.internal', 'A', 'NXDOMAIN', 'docker.internal'],
    ['host.docker.internal', 'MX', 'NOERROR', 'docker.internal'],
    ['9.65.168.192.in-addr.arpa', 'PTR', 'NXDOMAIN', '65.168.192.in-addr.arpa'],
    ['registry.test', 'AAAA', 'NOERROR', 'registry.test'],
    ['alias.test', 'AAAA', 'NOERROR', 'registry.test'],
  ])(
    '%s %s: the negative answer has an SOA that must not be cached (RFC 2308)',
    (name, type, rcode, zone) => {
      const resolver = new Resolver({ hosts: { 'registry.test': '10.1.1.1', 'alias.test': 'registry.test' } })
      const { reply } = resolver.ask(name, type)
      expect(reply).toMatchObject({ rcode, flag_aa: true })
      expect(reply!.authorities).toMatchObject([{ name: zone, type: 'SOA', ttl: 0, data: { minimum: 0 } }])
    },
  )

  test('no local name is ever sent upstream, for any type', () => {
    const resolver = new Resolver({ hosts: { 'a.test': '10.0.0.1', '*.w.test': '10.0.0.2' } })
    for (const name of [
      'host.docker.internal',
      'x.y.docker.internal',
      'a.test',
      'q.w.test',
      'localhost',
      '9.65.168.192.in-addr.arpa',
      '_dns.resolver.arpa',
    ]) {
      for (const type of ['A', 'AAAA', 'SVCB', 'MX', 'TXT', 'HTTPS', 'PTR', 'SRV', 'ANY']) {
        expect(resolver.ask(name, type).reply).toBeDefined()
      }
    }
    expect(resolver.upstream.sent).toEqual([])
  })
})

describe('hosts of the user', () => {
  test('a wildcard matches every depth below its name but not the name itself; the longest one wins', () => {
    const resolver = new Resolver({
      hosts: { '*.dev.test': '10.0.0.1', '*.a.dev.test': '10.0.0.2', 'x.dev.test': '10.0.0.3' },
    })
    expect(answers(resolver, 'one.dev.test')).toEqual(['10.0.0.1'])
    expect(answers(resolver, 'two.one.dev.test')).toEqual(['10.0.0.1'])
    expect(answers(resolver, 'b.a.dev.test')).toEqual(['10.0.0.2'])
    expect(answers(resolver, 'x.dev.test')).toEqual(['10.0.0.3'])
    resolver.ask('dev.test')
    expect(resolver.upstream.sent).toHaveLength(1)
  })

  test('the name in the answer is the queried name, in its own case', () => {
    const { reply } = new Resolver({ hosts: { '*.Dev.Test.': '10.0.0.1' } }).ask('OnE.dEv.tEsT')
    expect(reply!.questions![0]!.name).toBe('OnE.dEv.tEsT')
    expect(reply!.answers).toMatchObject([{ name: 'OnE.dEv.tEsT', data: '10.0.0.1' }])
  })

  test('another name as value is a CNAME, followed within local names', () => {
    const resolver = new Resolver({ hosts: { 'alias.test': 'one.test', 'one.test': 'host.docker.internal' } })
    expect(resolver.ask('alias.test').reply!.answers).toMatchObject([
      { type: 'CNAME', name: 'alias.test', data: 'one.test' },
      { type: 'CNAME', name: 'one.test', data: 'host.docker.internal' },
      { type: 'A', name: 'host.docker.internal', data: '192.168.65.254' },
    ])
    expect(resolver.ask('alias.test', 'CNAME').reply!.answers).toHaveLength(1)
  })

  test('an alias for a foreign name is resolved upstream and returned in one answer', () => {
    const resolver = new Resolver({ hosts: { 'alias.test': 'www.example.com' } })
    const asked = resolver.ask('alias.test')
    expect(resolver.upstream.sent[0]!.query.questions).toMatchObject([{ name: 'www.example.com', type: 'A' }])
    const chain = { type: 'CNAME' as const, name: 'www.example.com', ttl: 60, data: 'edge.example.com' }
    resolver.respond(0, {
      answers: [chain, { type: 'A', name: 'edge.example.com', ttl: 60, data: '9.9.9.9' }],
    })
    expect(asked.reply!.answers).toMatchObject([
      { type: 'CNAME', name: 'alias.test', data: 'www.example.com' },
      { type: 'CNAME', name: 'www.example.com', data: 'edge.example.com' },
      { type: 'A', name: 'edge.example.com', data: '9.9.9.9' },
    ])
    expect(resolver.ask('alias.test').reply!.answers).toHaveLength(3)
    expect(resolver.upstream.sent).toHaveLength(1)
  })

  test('an alias of a truncated answer is truncated, and so is an answer that no longer fits in a message', () => {
    const resolver = new Resolver({ upstreams: ['10.0.0.1'], hosts: { 'alias.test': 'far.example' } })
    const cut = resolver.ask('alias.test')
    resolver.respond(0, { flags: packet.TRUNCATED_RESPONSE })
    resolver.upstream.tcp[0]!.answer(undefined)
    expect(cut.reply).toMatchObject({ flag_tc: true, answers: [{ type: 'CNAME' }] })
    // Each pointer into opaque data becomes a complete name, because pointers cannot exceed 16 KiB.
    const long = Array.from({ length: 3 }, () => 'n'.repeat(60)).join('.')
    const far = Array.from({ length: 2000 }, (_, i) => a(long, `10.1.1.${i & 255}`))
    const filling = {
      type: 'NULL' as const,
      name: 'far.example',
      ttl: 60,
      data: Buffer.concat([wireName(long), Buffer.alloc(17_000)]),
    }
    const whole = resolver.ask('alias.test', 'A', { channel: 'tcp' })
    resolver.respond(1, { flags: packet.TRUNCATED_RESPONSE })
    const { query, answer } = resolver.upstream.tcp[1]!
    const { id, questions } = query
    answer(compressed({ type: 'response', id: id!, questions: questions!, answers: [filling, ...far] }, long))
    expect(whole.reply).toMatchObject({ flag_tc: true, rcode: 'NOERROR' })
    expect(whole.size).toBeLessThanOrEqual(65_535)
  })

  test('an alias loop ends in SERVFAIL', () => {
    const resolver = new Resolver({ hosts: { 'a.test': 'b.test', 'b.test': 'a.test' } })
    expect(resolver.ask('a.test').reply).toMatchObject({ rcode: 'SERVFAIL' })
  })

  test("a user's name overrides a built-in one", () => {
    const resolver = new Resolver({ hosts: { 'host.docker.internal': '192.168.65.77' } })
    expect(answers(resolver, 'host.docker.internal')).toEqual(['192.168.65.77'])
  })

  test('changed hosts apply to the next query', () => {
    const resolver = new Resolver({ hosts: { 'a.test': '10.0.0.1' } })
    expect(answers(resolver, 'a.test')).toEqual(['10.0.0.1'])
    resolver.server.setSettings({ ...resolver.server.settings, hosts: { 'b.test': '10.0.0.2' } })
    expect(answers(resolver, 'b.test')).toEqual(['10.0.0.2'])
    resolver.ask('a.test')
    expect(resolver.upstream.sent).toHaveLength(1)
  })
})
