import packet, { type Answer } from 'dns-packet'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ResponseBuilder } from '../../../../src/net/services/dns/emit.ts'
import { emitQuery, parseQuery } from '../../../../src/net/services/dns/query.ts'
import { flag, parseResponse } from '../../../../src/net/wire/dns.ts'
import {
  ancestors,
  canonicalName,
  encodeName,
  labelsOf,
  readName,
} from '../../../../src/net/wire/domain-name.ts'
import { clientQuery } from '../../../support/net/dns-resolver.ts'

const label = fc.stringMatching(/^[a-z0-9_-]{1,20}$/)
const name = fc.array(label, { minLength: 1, maxLength: 6 }).map((labels) => labels.join('.'))
const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((octets) => octets.join('.'))
const ttl = fc.nat(0x7fffffff)

describe('names', () => {
  test('any bytes in a label survive conversion to text and back, in lower case', () => {
    const labels = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 6 })
    fc.assert(
      fc.property(labels, (parts) => {
        const wire = Uint8Array.from([...parts.flatMap((part) => [part.length, ...part]), 0])
        const lower = wire.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))
        const { text, end } = readName(wire, 0)!
        expect(end).toBe(wire.length)
        expect(encodeName(text)).toEqual(lower)
        expect(labelsOf(text)).toHaveLength(parts.length)
        expect([...ancestors(text)]).toHaveLength(parts.length + 1)
      }),
    )
  })

  test.each([
    'a..b',
    '.a',
    `${'x'.repeat(64)}.test`,
    Array.from({ length: 130 }, () => 'a').join('.'),
    'b\u00fc\u2603.test',
  ])('a name that has no wire form is refused: %s', (text) => expect(encodeName(text)).toBeUndefined())

  test('a final dot and capitals do not change a name', () => {
    expect(canonicalName('WWW.Example.COM.')).toBe('www.example.com')
  })

  test.each([
    { what: 'to itself', bytes: [0xc0, 0] },
    { what: 'forwards', bytes: [0xc0, 4, 0, 0, 1, 97, 0] },
    { what: 'round in a circle', bytes: [1, 97, 0xc0, 4, 0xc0, 0], at: 2 },
    { what: 'past the end', bytes: [0xc0] },
  ])('a compression pointer $what is malformed', ({ bytes, at = 0 }) => {
    expect(readName(Uint8Array.from(bytes), at)).toBeUndefined()
  })
})

describe('with dns-packet as oracle', () => {
  test('queries of the oracle are parsed correctly', () => {
    fc.assert(
      fc.property(
        name,
        fc.constantFrom('A', 'AAAA', 'MX', 'TXT', 'SRV'),
        fc.nat(0xffff),
        (host, type, id) => {
          const query = parseQuery(clientQuery(host, type, { id }))
          if (typeof query !== 'object') return expect(host.length).toBeGreaterThan(253)
          expect(query).toMatchObject({ id, hasEdns: false })
          expect(readName(query.bytes, 12)!.text).toBe(host)
        },
      ),
    )
  })

  test('the oracle parses our queries correctly', () => {
    fc.assert(
      fc.property(name, fc.integer({ min: 512, max: 4096 }), fc.boolean(), (host, udpSize, dnssecOk) => {
        const options = { checkingDisabled: dnssecOk, edns: { udpSize, dnssecOk } }
        const decoded = packet.decode(Buffer.from(emitQuery(encodeName(host)!, 28, 1, options)))
        expect(decoded).toMatchObject({ type: 'query', flag_rd: true, flag_cd: dnssecOk })
        expect(decoded.questions).toMatchObject([{ name: host, type: 'AAAA', class: 'IN' }])
        expect(decoded.additionals).toMatchObject([
          { type: 'OPT', udpPayloadSize: udpSize, flag_do: dnssecOk },
        ])
      }),
    )
  })

  test('records that we build, including compressed names, are equal for the oracle', () => {
    const records = fc.array(
      fc.oneof(
        fc.record({ type: fc.constant('A' as const), name, ttl, data: address }),
        fc.record({ type: fc.constantFrom('CNAME' as const, 'PTR' as const), name, ttl, data: name }),
      ),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(name, records, (question, wanted) => {
        const bytes = emitQuery(encodeName(question)!, 1, 1, { checkingDisabled: false, edns: undefined })
        const builder = new ResponseBuilder(bytes.subarray(12), flag.ra)
        for (const record of wanted) {
          if (record.type === 'A') {
            const rdata = Uint8Array.from(record.data.split('.'), Number)
            builder.add('answer', record.name, 1, record.ttl, rdata)
          } else
            builder.addName('answer', record.name, record.type === 'CNAME' ? 5 : 12, record.ttl, record.data)
        }
        expect(packet.decode(Buffer.from(builder.finish(0))).answers).toMatchObject(wanted)
      }),
    )
  })

  test('records copied from another message keep their meaning, including names in their data', () => {
    const source = (owner: string, target: string): Answer[] => [
      { type: 'CNAME', name: owner, ttl: 5, data: target },
      { type: 'MX', name: owner, ttl: 5, data: { preference: 10, exchange: target } },
      { type: 'SRV', name: owner, ttl: 5, data: { port: 1, weight: 2, priority: 3, target } },
      { type: 'TXT', name: target, ttl: 5, data: [Buffer.from('plain')] },
      { type: 'NS', name: owner, ttl: 5, data: target },
    ]
    fc.assert(
      fc.property(name, name, (owner, target) => {
        const answers = source(owner, target)
        const question = { name: 'q.test', type: 'ANY' as const }
        const from = packet.encode({ type: 'response', questions: [question as never], answers })
        const builder = new ResponseBuilder(from.subarray(12, 24), 0)
        for (const record of parseResponse(from)!.records) builder.copy(from, record)
        expect(packet.decode(Buffer.from(builder.finish(0))).answers).toMatchObject(answers)
      }),
    )
  })
})
