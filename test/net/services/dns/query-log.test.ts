/** The query log: guests, queries and sources of answers, recorded only while a client reads it. */
import { expect, test } from 'vitest'
import { Egress } from '../../../../src/net/egress/egress.ts'
import type { QueryView } from '../../../../src/net/services/dns/query-log.ts'
import { a, code, Resolver } from '../../../support/net/dns-resolver.ts'

const view = (resolver: Resolver): QueryView[] => resolver.server.log.view(resolver.nowMs, String)

/** Name, source and answer of each query, latest first. */
const lines = (resolver: Resolver): string[] =>
  view(resolver).map((one) =>
    `${one.name} ${one.type} ${one.source} ${one.code} ${one.answers.join(',')}`.trim(),
  )

test('nothing is logged before the first read, or half a minute after the last read', () => {
  const resolver = new Resolver({ hosts: { 'db.test': '10.1.2.3' } })
  resolver.ask('db.test')
  expect(view(resolver)).toEqual([])
  resolver.ask('db.test')
  expect(view(resolver)).toHaveLength(1)
  resolver.passTime(31_000)
  resolver.ask('db.test')
  expect(view(resolver)).toEqual([])
})

test('local names, upstream answers with their latency, and cached answers are distinguished', () => {
  const resolver = new Resolver({ hosts: { 'db.test': '10.1.2.3' } })
  view(resolver)
  resolver.ask('db.test')
  resolver.ask('web.example')
  resolver.nowMs += 40
  resolver.respond(-1, { answers: [a('web.example', '203.0.113.7')] })
  resolver.ask('web.example')
  expect(lines(resolver)).toEqual([
    'web.example A cache NOERROR 203.0.113.7',
    'web.example A upstream NOERROR 203.0.113.7',
    'db.test A own NOERROR 10.1.2.3',
  ])
  expect(view(resolver)[1]).toMatchObject({ milliseconds: 40, idleMs: 40, rule: null })
})

test('a name that does not exist, and one without a response, have their codes', () => {
  const resolver = new Resolver()
  view(resolver)
  resolver.ask('no.example', 'AAAA')
  resolver.respond(-1, { flags: code.nxDomain })
  resolver.ask('silent.example')
  resolver.passTime(29_000)
  expect(lines(resolver)).toEqual(['silent.example A upstream SERVFAIL', 'no.example AAAA upstream NXDOMAIN'])
})

test('a denied name has the rule that denied it', () => {
  const egress = new Egress()
  egress.settings = { default: 'allow', rules: ['deny *.bad.test'] }
  const resolver = new Resolver({}, egress)
  view(resolver)
  resolver.ask('www.bad.test')
  expect(view(resolver)).toMatchObject([
    { name: 'www.bad.test', source: 'denied', rule: 'deny *.bad.test', code: null, answers: [] },
  ])
})

test('aliases and other data are shown with their type', () => {
  const resolver = new Resolver()
  view(resolver)
  resolver.ask('www.example')
  const alias = { type: 'CNAME', name: 'www.example', ttl: 60, data: 'host.example' } as const
  const text = { type: 'TXT', name: 'host.example', ttl: 60, data: 'x' } as const
  resolver.respond(-1, { answers: [alias, a('host.example', '203.0.113.9'), text] })
  expect(view(resolver)[0]?.answers).toEqual(['CNAME host.example', '203.0.113.9', 'TXT'])
})

test('the log keeps the latest 256 queries, each with a unique ID', () => {
  const resolver = new Resolver({ hosts: { '*.test': '10.1.2.3' } })
  view(resolver)
  for (let i = 0; i < 300; i += 1) resolver.ask(`n${i}.test`)
  const seen = view(resolver)
  expect(seen).toHaveLength(256)
  expect(seen[0]?.name).toBe('n299.test')
  expect(seen.at(-1)?.name).toBe('n44.test')
  expect(new Set(seen.map(({ id }) => id)).size).toBe(256)
})
