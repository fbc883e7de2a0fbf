import fc from 'fast-check'
import { expect, test } from 'vitest'
import { framed, MessageReader } from '../../../../src/net/services/dns/stream.ts'
import { parseResponse } from '../../../../src/net/wire/dns.ts'
import { a, clientQuery, edns, Resolver, responseTo, soa } from '../../../support/net/dns-resolver.ts'

const edits = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 5 })
const names = fc.constantFrom(
  'host.docker.internal',
  'x.w.test',
  'alias.test',
  'x.example',
  '3.65.168.192.in-addr.arpa',
)
const types = fc.constantFrom('A', 'AAAA', 'PTR', 'TXT', 'ANY', 'CNAME')

function mutated(
  bytes: Uint8Array,
  flips: readonly (readonly [number, number])[],
  length: number,
): Uint8Array {
  const copy = new Uint8Array(bytes.subarray(0, length))
  for (const [at, byte] of flips) if (at < copy.length) copy[at] = byte
  return copy
}

test('a mutated query gets at most one well-formed reply with its ID, and never throws', () => {
  const resolver = new Resolver({ hosts: { '*.w.test': '10.0.0.1', 'alias.test': 'y.example' } })
  fc.assert(
    fc.property(names, types, edits, fc.nat(120), fc.boolean(), (name, type, flips, length, withEdns) => {
      const query = clientQuery(name, type, withEdns ? edns(1232) : {})
      const bytes = mutated(query, flips, length < 60 ? length : query.length)
      const replies = resolver.raw(bytes)
      expect(replies.length).toBeLessThanOrEqual(1)
      for (const reply of replies) {
        expect([...reply.subarray(0, 2)]).toEqual([...bytes.subarray(0, 2)])
        expect(parseResponse(reply)).toBeDefined()
      }
      resolver.passTime(100)
    }),
    { numRuns: 5000 },
  )
  resolver.passTime(6000)
  expect(resolver.server.exchanges.running).toBe(0)
  expect(resolver.upstream.waiting).toBe(0)
})

test('a mutated upstream response never throws, and the client gets a well-formed reply or a failure', () => {
  const resolver = new Resolver({ cache: { max: 50, minTtlSeconds: 0, maxTtlSeconds: 10 } })
  let count = 0
  fc.assert(
    fc.property(edits, fc.nat(400), fc.boolean(), (flips, length, cut) => {
      count += 1
      const name = `n${count}.example`
      const replies = resolver.raw(clientQuery(name, 'A', edns(4096)))
      const { socket, bytes } = resolver.upstream.sent.at(-1)!
      const response = responseTo(bytes, {
        answers: [a(name, '1.1.1.1'), { type: 'CNAME', name, ttl: 3, data: `w.${name}` }],
        authorities: [soa('example', 60, 60)],
        ...edns(4096),
      })
      resolver.server.exchanges.received(
        socket,
        mutated(response, flips, cut ? length : response.length),
        resolver.nowMs,
      )
      for (const tcp of resolver.upstream.tcp.splice(0)) tcp.answer(mutated(response, flips, length))
      resolver.passTime(5000)
      expect(replies).toHaveLength(1)
      expect(parseResponse(replies[0]!)).toBeDefined()
    }),
    { numRuns: 1500 },
  )
  expect(resolver.server.exchanges.running).toBe(0)
  expect(resolver.upstream.waiting).toBe(0)
})

test('an OPT record in the answer section makes a response invalid', () => {
  const resolver = new Resolver()
  const replies = resolver.raw(clientQuery('n1000.example', 'A', edns(4096)))
  const { socket, bytes } = resolver.upstream.sent.at(-1)!
  const response = responseTo(bytes, { answers: [a('n1000.example', '1.1.1.1')], ...edns(4096) })
  const answerType = bytes.length - 11 + 16
  resolver.server.exchanges.received(
    socket,
    mutated(response, [[answerType, 41]], response.length),
    resolver.nowMs,
  )
  resolver.passTime(5000)
  expect(parseResponse(replies[0]!)).toBeDefined()
})

test('a stream of messages is parsed the same for any chunk boundaries', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 })
  fc.assert(
    fc.property(messages, fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sent, cuts) => {
      const stream = Buffer.concat(sent.map(framed))
      const reader = new MessageReader()
      const read: Uint8Array[] = []
      for (let at = 0, i = 0; at < stream.length; i += 1) {
        const size = cuts[i % cuts.length]!
        reader.push(stream.subarray(at, at + size))
        for (let whole = reader.next(); whole !== undefined; whole = reader.next()) read.push(whole.slice())
        at += size
      }
      expect(read.map((message) => [...message])).toEqual(sent.map((message) => [...message]))
    }),
  )
})
