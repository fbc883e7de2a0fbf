import packet, { type Answer } from 'dns-packet'
import { describe, expect, test } from 'vitest'
import { maxExchanges, maxTcpExchanges } from '../../../../src/net/services/dns/exchanges.ts'
import { a, code, Resolver, responseTo } from '../../../support/net/dns-resolver.ts'

describe('fail-over', () => {
  test('a silent server fails over to the next, and its late response is still accepted', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    resolver.passTime(800)
    expect(resolver.upstream.sent.map(({ server }) => server)).toEqual(['10.0.0.1:53', '10.0.0.2:53'])
    resolver.respond(0, { answers: [a('x.example', '1.1.1.1')] })
    expect(asked.reply!.answers).toMatchObject([{ data: '1.1.1.1' }])
    expect(resolver.upstream.waiting).toBe(0)
  })

  test('if all servers are silent the reply is SERVFAIL within 5 seconds', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    resolver.passTime(4400)
    expect(asked.reply).toBeUndefined()
    resolver.passTime(200)
    expect(asked.reply).toMatchObject({ rcode: 'SERVFAIL' })
    expect(resolver.server.exchanges.running).toBe(0)
    expect(resolver.upstream.waiting).toBe(0)
  })

  test.each([
    ['another opcode', (bytes: Uint8Array) => (bytes[2]! |= 0x20)],
    ['the flag of a question', (bytes: Uint8Array) => (bytes[2]! &= 0x7f)],
  ])('a datagram with %s is not an answer; the true one is awaited and counts', (_name, forge) => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    const { socket, bytes } = resolver.upstream.sent[0]!
    const forged = Uint8Array.from(responseTo(bytes, { answers: [a('x.example', '6.6.6.6')] }))
    forge(forged)
    resolver.server.exchanges.received(socket, forged, 0)
    expect(asked.reply).toBeUndefined()
    resolver.respond(0, { answers: [a('x.example', '1.1.1.1')] })
    expect(asked.reply!.answers).toMatchObject([{ data: '1.1.1.1' }])
  })

  test("a response whose owner name points to itself is discarded in favour of the next server's", () => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    const { socket, bytes } = resolver.upstream.sent[0]!
    const looped = Uint8Array.from(responseTo(bytes, { answers: [a('x.example', '6.6.6.6')] }))
    const owner = looped.length - 10 - 4 - 'x.example'.length - 2
    looped.set([0xc0 | (owner >> 8), owner & 255], owner)
    resolver.server.exchanges.received(socket, looped.subarray(0, owner + 2 + 14), 0)
    expect(resolver.upstream.sent[1]!.server).toBe('10.0.0.2:53')
    resolver.respond(1, { answers: [a('x.example', '1.1.1.1')] })
    expect(asked.reply!.answers).toMatchObject([{ data: '1.1.1.1' }])
  })

  test.each([
    [
      'a CNAME that points to itself',
      { type: 'CNAME', name: 'x.example', ttl: 3, data: 'w.x.example' },
      13,
      true,
    ],
    ['an address of three bytes', { type: 'A', name: 'x.example', ttl: 3, data: '6.6.6.6' }, 4, false],
    ['an MX without a name', { type: 'MX', name: 'x.example', ttl: 3, data: { exchange: 'm' } }, 5, false],
  ] as const)('an answer with %s is left for that of the next server', (_, answer, dataBytes, isLoop) => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    const { socket, bytes } = resolver.upstream.sent[0]!
    const broken = Uint8Array.from(responseTo(bytes, { answers: [answer as Answer] }))
    const data = broken.length - dataBytes
    const shorter = isLoop ? 2 : dataBytes === 4 ? 3 : 2
    if (isLoop) broken.set([0xc0 | (data >> 8), data & 255], data)
    broken.set([0, shorter], data - 2)
    resolver.server.exchanges.received(socket, broken.subarray(0, data + shorter), 0)
    expect(resolver.upstream.sent[1]!.server).toBe('10.0.0.2:53')
    resolver.respond(1, { answers: [a('x.example', '1.1.1.1')] })
    expect(asked.reply!.answers).toMatchObject([{ data: '1.1.1.1' }])
  })

  test('header bits that do not concern the data are our own, whatever the server sets', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    resolver.respond(0, { flags: packet.AUTHORITATIVE_ANSWER | 0x40, answers: [a('x.example', '1.1.1.1')] })
    expect(asked.reply).toMatchObject({ flag_aa: false, flag_ra: true, flag_z: false, opcode: 'QUERY' })
  })

  test('a server that was silent twice is queried last, until it responds', () => {
    const resolver = new Resolver()
    for (const name of ['a.example', 'b.example']) {
      resolver.ask(name)
      resolver.passTime(800)
      resolver.respond(-1, { answers: [a(name, '1.1.1.1')] })
    }
    resolver.ask('c.example')
    expect(resolver.upstream.sent.at(-1)!.server).toBe('10.0.0.2:53')
  })

  test.each(['SERVFAIL', 'REFUSED'])(
    'after %s from one server the next one is queried immediately',
    (name) => {
      const resolver = new Resolver()
      const asked = resolver.ask('x.example')
      const flags = name === 'SERVFAIL' ? code.servFail : code.refused
      resolver.respond(0, { flags })
      expect(resolver.upstream.sent[1]!.server).toBe('10.0.0.2:53')
      resolver.respond(1, { answers: [a('x.example', '1.1.1.1')] })
      expect(asked.reply!.answers).toHaveLength(1)
    },
  )

  test('if every server refuses, the first refusal is passed on', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    resolver.respond(0, { flags: code.refused })
    resolver.respond(1, { flags: code.servFail })
    expect(asked.reply).toMatchObject({ rcode: 'REFUSED' })
  })

  test('an unreachable server is skipped immediately; if none is left the reply is SERVFAIL', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    resolver.server.exchanges.failed(resolver.upstream.sent[0]!.socket, 0)
    expect(asked.reply).toBeUndefined()
    resolver.server.exchanges.failed(resolver.upstream.sent[1]!.socket, 0)
    expect(asked.reply).toMatchObject({ rcode: 'SERVFAIL' })
  })

  test('a server without EDNS support is queried again without it', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    expect(resolver.upstream.sent[0]!.query.additionals).toHaveLength(1)
    resolver.respond(0, { flags: code.formErr, questions: [] })
    expect(resolver.upstream.sent[1]).toMatchObject({ server: '10.0.0.1:53', query: { additionals: [] } })
    resolver.respond(1, { answers: [a('x.example', '1.1.1.1')] })
    expect(asked.reply!.answers).toHaveLength(1)
  })

  test('a query above the limit evicts the oldest pending one', () => {
    const resolver = new Resolver()
    const asked = Array.from({ length: maxExchanges + 1 }, (_, i) => resolver.ask(`n${i}.example`))
    expect(asked[0]!.reply).toMatchObject({ rcode: 'SERVFAIL' })
    expect(resolver.server.exchanges.running).toBe(maxExchanges)
    expect(resolver.upstream.waiting).toBe(maxExchanges)
    resolver.respond(-1, { answers: [a(`n${maxExchanges}.example`, '1.1.1.1')] })
    expect(asked.at(-1)!.reply).toMatchObject({ rcode: 'NOERROR' })
    expect(asked[1]!.reply).toBeUndefined()
  })

  test.each([
    [
      'a record that is cut off',
      (query: Uint8Array) => responseTo(query, { answers: [a('x.example', '1.1.1.1')] }).slice(0, -2),
    ],
    [
      'a refusal without the question',
      (query: Uint8Array) => responseTo(query, { flags: code.refused, questions: [] }),
    ],
    [
      'BADVERS, which the header alone does not show',
      (query: Uint8Array) => {
        const opt = { type: 'OPT', name: '.', udpPayloadSize: 512, extendedRcode: 1, options: [] }
        return responseTo(query, { additionals: [opt as never] })
      },
    ],
  ])('after %s from one server the next one is queried immediately', (_, response) => {
    const resolver = new Resolver()
    const asked = resolver.ask('x.example')
    const { socket, bytes } = resolver.upstream.sent[0]!
    resolver.server.exchanges.received(socket, response(bytes), 0)
    expect(resolver.upstream.sent[1]?.server).toBe('10.0.0.2:53')
    resolver.respond(1, { answers: [a('x.example', '1.1.1.1')] })
    expect(asked.reply!.answers).toHaveLength(1)
  })

  test('each server has its turn before one is queried again', () => {
    const resolver = new Resolver({ upstreams: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] })
    resolver.ask('x.example')
    resolver.respond(0, { flags: code.refused })
    resolver.passTime(2000)
    const servers = resolver.upstream.sent.map(({ server }) => server)
    expect(servers).toEqual(['10.0.0.1:53', '10.0.0.2:53', '10.0.0.3:53', '10.0.0.2:53'])
  })
})

describe('over TCP', () => {
  test('on failure the next server is queried; a truncated response that is the last is passed on, not cached', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('big.example')
    resolver.respond(0, { flags: packet.TRUNCATED_RESPONSE, answers: [a('big.example', '1.1.1.1')] })
    resolver.upstream.tcp[0]!.answer(undefined)
    expect(resolver.upstream.sent[1]!.server).toBe('10.0.0.2:53')
    resolver.respond(1, { flags: code.servFail })
    expect(asked.reply).toMatchObject({ flag_tc: true })
    resolver.ask('big.example')
    expect(resolver.upstream.sent).toHaveLength(3)
  })

  test('after a failure the next server is queried', () => {
    const resolver = new Resolver()
    const asked = resolver.ask('big.example')
    resolver.respond(0, { flags: packet.TRUNCATED_RESPONSE })
    const { query, answer } = resolver.upstream.tcp[0]!
    answer(packet.encode({ ...query, type: 'response', flags: code.servFail, additionals: [] }))
    expect(resolver.upstream.sent[1]!.server).toBe('10.0.0.2:53')
    resolver.respond(1, { answers: [a('big.example', '1.1.1.1')] })
    expect(asked.reply!.answers).toMatchObject([{ data: '1.1.1.1' }])
  })

  test.each([
    ['another id', { id: 1 }],
    ['another question', { questions: [{ name: 'other.example', type: 'A' as const }] }],
  ])('an answer with %s is ignored', (_, change) => {
    const resolver = new Resolver({ upstreams: ['10.0.0.1'] })
    const asked = resolver.ask('big.example')
    resolver.respond(0, { flags: packet.TRUNCATED_RESPONSE })
    const { query, answer } = resolver.upstream.tcp[0]!
    const { id, questions } = query
    const answers = [a('big.example', '6.6.6.6')]
    answer(packet.encode({ type: 'response', id: id!, questions: questions!, answers, ...change }))
    expect(asked.reply).toMatchObject({ flag_tc: true, answers: [] })
  })

  test('open connections are limited; other queries wait for their turn', () => {
    const resolver = new Resolver()
    const asked = Array.from({ length: maxTcpExchanges + 2 }, (_, i) => resolver.ask(`n${i}.example`))
    for (const index of asked.keys()) resolver.respond(index, { flags: packet.TRUNCATED_RESPONSE })
    const { tcp } = resolver.upstream
    expect(tcp).toHaveLength(maxTcpExchanges)
    const answerTo = ({ query, answer }: (typeof tcp)[number]) => {
      const { id, questions } = query
      answer(
        packet.encode({ type: 'response', id: id!, questions: questions!, answers: [a('x', '1.1.1.1')] }),
      )
    }
    answerTo(tcp[0]!)
    expect(tcp).toHaveLength(maxTcpExchanges + 1)
    answerTo(tcp.at(-1)!)
    answerTo(tcp.at(-1)!)
    expect(asked.at(-1)!.reply).toMatchObject({ rcode: 'NOERROR', flag_tc: false })
    // Queries that wait longer than the deadline release their turns.
    resolver.passTime(5000)
    resolver.ask('late.example')
    resolver.respond(-1, { flags: packet.TRUNCATED_RESPONSE })
    expect(tcp).toHaveLength(maxTcpExchanges + 3)
  })
})
