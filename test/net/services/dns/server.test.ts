import packet from 'dns-packet'
import { describe, expect, test } from 'vitest'
import { maxWaiters } from '../../../../src/net/services/dns/upstream-answers.ts'
import { a, clientQuery, edns, Resolver, responseTo } from '../../../support/net/dns-resolver.ts'

const many = Array.from({ length: 60 }, (_, i) => a('big.example', `10.1.0.${i}`))

describe('upstream queries', () => {
  test("the response has the ID, question and case of the client's query", () => {
    const resolver = new Resolver()
    const asked = resolver.ask('WwW.eXample.com', 'A', { id: 77 })
    resolver.respond(0, { answers: [a('WwW.eXample.com', '1.2.3.4')] })
    expect(asked.reply).toMatchObject({ id: 77, rcode: 'NOERROR', flag_aa: false, flag_ra: true })
    expect(asked.reply!.questions![0]!.name).toBe('WwW.eXample.com')
    expect(asked.reply!.answers).toMatchObject([{ data: '1.2.3.4' }])
    expect(resolver.upstream.waiting).toBe(0)
  })

  test('an upstream that changes the case of the question does not affect the client', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('MiXed.Example')
    const { socket, bytes } = resolver.upstream.sent[0]!
    const answer = responseTo(bytes, {
      questions: [{ name: 'mixed.example', type: 'A' }],
      answers: [a('mixed.example', '1.1.1.1')],
    })
    resolver.server.exchanges.received(socket, answer, 0)
    expect(asked.reply!.questions![0]!.name).toBe('MiXed.Example')
  })

  test('a response on another socket, with another ID or another question is ignored', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('bank.example')
    const { socket, bytes } = resolver.upstream.sent[0]!
    const forged = responseTo(bytes, { answers: [a('bank.example', '6.6.6.6')] })
    resolver.server.exchanges.received(socket + 1, forged, 0)
    const otherId = forged.slice()
    otherId[0]! ^= 1
    resolver.server.exchanges.received(socket, otherId, 0)
    const otherName = responseTo(bytes, {
      questions: [{ name: 'evil.example', type: 'A' }],
      answers: [a('evil.example', '6.6.6.6')],
    })
    resolver.server.exchanges.received(socket, otherName, 0)
    const query = bytes.slice()
    resolver.server.exchanges.received(socket, query, 0)
    expect(asked.reply).toBeUndefined()
    resolver.respond(0, { answers: [a('bank.example', '1.2.3.4')] })
    expect(asked.reply!.answers).toMatchObject([{ data: '1.2.3.4' }])
  })

  test('a hundred concurrent clients with the same query all get the one response', () => {
    const resolver = new Resolver()
    const asked = Array.from({ length: 100 }, (_, id) => resolver.ask('x.example', 'A', { id }))
    resolver.respond(0, { answers: [a('x.example', '1.2.3.4')] })
    expect(asked.map(({ reply }) => reply?.id)).toEqual(Array.from({ length: 100 }, (_, id) => id))
  })

  test('one client above the limit is refused immediately', () => {
    const resolver = new Resolver()
    for (let i = 0; i <= maxWaiters; i += 1) resolver.ask('x.example')
    expect(resolver.ask('x.example').reply).toMatchObject({ rcode: 'SERVFAIL' })
    resolver.respond(0, { answers: [a('x.example', '1.2.3.4')] })
    expect(resolver.ask('x.example').reply).toMatchObject({ rcode: 'NOERROR' })
    for (let i = 0; i < 100; i += 1) resolver.ask('y.example')
    const last = resolver.ask('y.example')
    resolver.respond(1, { answers: [a('y.example', '1.2.3.4')] })
    expect(last.reply).toMatchObject({ rcode: 'NOERROR' })
  })

  test('concurrent clients with the same query share one upstream query', () => {
    const resolver = new Resolver()
    const asked = ['x.example', 'X.EXAMPLE', 'x.Example'].map((name) => resolver.ask(name))
    expect(resolver.upstream.sent).toHaveLength(1)
    resolver.respond(0, { answers: [a('x.example', '1.2.3.4')] })
    expect(asked.map(({ reply }) => reply!.questions![0]!.name)).toEqual([
      'x.example',
      'X.EXAMPLE',
      'x.Example',
    ])
  })

  test('a name is resolved by the servers of its longest split domain', () => {
    const resolver = new Resolver({
      split: [
        { domain: 'corp.example', servers: ['10.7.0.1:5353'] },
        { domain: 'lab.corp.example.', servers: ['[fd00::53]:53'] },
      ],
    })
    for (const name of ['a.corp.example', 'CORP.example', 'b.lab.corp.example', 'notcorp.example'])
      resolver.ask(name)
    expect(resolver.upstream.sent.map(({ server }) => server)).toEqual([
      '10.7.0.1:5353',
      '10.7.0.1:5353',
      'fd00::53:53',
      '10.0.0.1:53',
    ])
  })

  test('the upstream "system" uses the current resolvers of the host, and a change clears the cache', () => {
    const resolver = new Resolver({ upstreams: ['system'] })
    resolver.system = [{ address: '127.0.0.53', port: 53 }]
    resolver.ask('x.example')
    resolver.respond(0, { answers: [a('x.example', '1.1.1.1')] })
    resolver.nowMs += 1000
    resolver.system = [{ address: '10.8.0.1', port: 53 }]
    resolver.ask('x.example')
    expect(resolver.upstream.sent.map(({ server }) => server)).toEqual(['127.0.0.53:53', '10.8.0.1:53'])
  })

  test('without any upstream the reply is SERVFAIL, and local names still work', () => {
    const resolver = new Resolver({ upstreams: ['system'] })
    expect(resolver.ask('x.example').reply).toMatchObject({ rcode: 'SERVFAIL', answers: [] })
    expect(resolver.ask('host.docker.internal').reply).toMatchObject({ rcode: 'NOERROR' })
  })

  test('without recursion desired only local and cached names are answered', () => {
    const resolver = new Resolver()
    expect(resolver.ask('x.example', 'A', { flags: 0 }).reply).toMatchObject({ rcode: 'REFUSED' })
    expect(resolver.upstream.sent).toHaveLength(0)
  })
})

test("the caller's buffer can be reused immediately", () => {
  const resolver = new Resolver()
  const buffer = Buffer.from(clientQuery('x.example', 'A', { id: 99 }))
  const replies = resolver.raw(buffer)
  buffer.fill(0xff)
  resolver.respond(0, { answers: [a('x.example', '1.2.3.4')] })
  expect(packet.decode(Buffer.from(replies[0]!))).toMatchObject({
    id: 99,
    questions: [{ name: 'x.example' }],
  })
})

describe('size', () => {
  test("a truncated response is retried over TCP and cut to the client's limit", () => {
    const resolver = new Resolver()
    const small = resolver.ask('big.example')
    resolver.respond(0, { flags: packet.TRUNCATED_RESPONSE })
    const { answer, query } = resolver.upstream.tcp[0]!
    answer(packet.encode({ type: 'response', id: query.id!, questions: query.questions!, answers: many }))
    expect(small.reply).toMatchObject({ flag_tc: true, rcode: 'NOERROR' })
    expect(small.size).toBeLessThanOrEqual(512)
    expect(small.reply!.answers!.length).toBeGreaterThan(5)
    const whole = resolver.ask('big.example', 'A', { channel: 'tcp' })
    expect(whole.reply).toMatchObject({ flag_tc: false })
    expect(whole.reply!.answers).toHaveLength(60)
    expect(resolver.upstream.sent).toHaveLength(1)
  })

  test.each([
    { size: 100, fits: false },
    { size: 512, fits: false },
    { size: 1232, fits: false },
    { size: 2000, fits: true },
    { size: 65_535, fits: true },
  ])('an EDNS size of $size is respected, and the reply has OPT with DO of the query', ({ size, fits }) => {
    const resolver = new Resolver()
    const asked = resolver.ask('big.example', 'A', edns(size, packet.DNSSEC_OK))
    resolver.respond(0, { answers: many })
    expect(asked.reply!.flag_tc).toBe(!fits)
    expect(asked.size).toBeLessThanOrEqual(Math.max(512, size))
    expect(asked.reply!.additionals).toMatchObject([{ type: 'OPT', flag_do: true }])
  })

  test('a client without EDNS gets no OPT, even if the upstream sent one', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    resolver.respond(0, { answers: [a('x.example', '1.1.1.1')], ...edns(4096) })
    expect(asked.reply!.additionals).toEqual([])
  })
})

/** Root, type 41, size, extended rcode, version, flags, length. */
const opt = [0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0]

/** A query with additional records. */
function withRecords(...records: number[][]): Uint8Array {
  const bytes = Uint8Array.of(...clientQuery('host.docker.internal', 'A'), ...records.flat())
  bytes[11] = records.length
  return bytes
}

describe('messages other than queries', () => {
  const query = clientQuery('x.example', 'A')
  const patched = (at: number, byte: number) => query.map((old, index) => (index === at ? byte : old))
  const cases = [
    { name: 'a response is dropped', bytes: patched(2, 0x81), replies: [] },
    { name: 'fewer bytes than a header are dropped', bytes: query.subarray(0, 11), replies: [] },
    { name: 'another opcode is NOTIMP', bytes: patched(2, 0x29), replies: [4] },
    { name: 'no question is FORMERR', bytes: patched(5, 0), replies: [1] },
    { name: 'two questions are FORMERR', bytes: patched(5, 2), replies: [1] },
    { name: 'a compression pointer in the question is FORMERR', bytes: patched(12, 0xc0), replies: [1] },
    { name: 'a record that is cut off is FORMERR', bytes: patched(11, 1), replies: [1] },
    { name: 'two OPT records are FORMERR', bytes: withRecords(opt, opt), replies: [1] },
    {
      name: 'an OPT record with an owner is FORMERR',
      bytes: withRecords([0xc0, 12, ...opt.slice(1)]),
      replies: [1],
    },
    { name: 'another class is REFUSED', bytes: patched(query.length - 1, 3), replies: [5] },
    { name: 'a zone transfer is REFUSED', bytes: patched(query.length - 3, 252), replies: [5] },
  ]
  test.each(cases)('$name', ({ bytes, replies }) => {
    const resolver = new Resolver()
    expect(resolver.raw(bytes).map((reply) => reply[3]! & 15)).toEqual(replies)
    expect(resolver.upstream.sent).toEqual([])
  })

  test('unknown options are ignored', () => {
    const unknown = [...opt.slice(0, -1), 8, 0xff, 0xfe, 0, 4, 1, 2, 3, 4]
    const [reply] = new Resolver().raw(withRecords(unknown))
    const { rcode, answers, additionals } = packet.decode(Buffer.from(reply!)) as never as Record<
      string,
      unknown
    >
    expect({ rcode, answers, additionals }).toMatchObject({
      rcode: 'NOERROR',
      answers: [{ data: '192.168.65.254' }],
      additionals: [{ type: 'OPT', options: [] }],
    })
  })

  test('a later EDNS version gets BADVERS', () => {
    const bytes = Buffer.from(clientQuery('host.docker.internal', 'A', edns(1232)))
    bytes[bytes.length - 5] = 1
    const reply = packet.decode(Buffer.from(new Resolver().raw(bytes)[0]!))
    expect(reply.additionals).toMatchObject([{ type: 'OPT', extendedRcode: 1 }])
  })
})
