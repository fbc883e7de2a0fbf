/** The parsers of bytes that guests and clients send, each as a function that must not throw, with inputs to begin from. */
import { readServerName } from '../../../src/net/egress/server-name.ts'
import { Vmn3tHandshake } from '../../../src/net/link/vmn3t.ts'
import { emptyLeaseTable, type LeaseTable } from '../../../src/net/services/dhcp/leases.ts'
import { answerDhcp } from '../../../src/net/services/dhcp/server.ts'
import { answerDhcp6 } from '../../../src/net/services/dhcp6/reply.ts'
import { MessageReader } from '../../../src/net/services/dns/stream.ts'
import { parseResponse } from '../../../src/net/wire/dns.ts'
import { hello, records, serverName } from '../../support/net/client-hello.ts'
import { packet, settings } from '../../support/net/dhcp-client.ts'
import { a, clientQuery, edns, Resolver, responseTo, soa } from '../../support/net/dns-resolver.ts'
import { command, init } from '../../support/net/vmn3t-client.ts'
import { answerSeeds, readAnswer } from './answer-target.ts'
import { apiSeeds, feedApi } from './api-target.ts'
import { feedFrames, frameSeeds } from './frame-target.ts'

export interface FuzzTarget {
  name: string
  maxBytes: number
  seeds: readonly Uint8Array[]
  run(input: Uint8Array): void | Promise<void>
}

let leases: LeaseTable = emptyLeaseTable
let nowMs = 1e9
const newResolver = (): Resolver =>
  new Resolver({ hosts: { '*.w.test': '10.0.0.1', 'alias.test': 'y.example' } })
let resolver = newResolver()
let queries = 0
const query = clientQuery('alias.test', 'A', edns(1232))
const response = responseTo(clientQuery('x.example', 'A', {}), {
  answers: [a('x.example', '1.1.1.1'), { type: 'CNAME', name: 'x.example', ttl: 3, data: 'w.x.example' }],
  authorities: [soa('example', 60, 60)],
  ...edns(4096),
})
const dhcp6Settings = {
  dnsServer: new Uint8Array(16),
  search: ['example'],
  prefix: new Uint8Array(8),
  declined: new Map<string, number>(),
}
const duid = [0, 1, 0, 10, 0, 3, 0, 1, 2, 0x50, 0, 0, 0, 1]

export const targets: readonly FuzzTarget[] = [
  { name: 'answer', maxBytes: 600, seeds: answerSeeds, run: readAnswer },
  { name: 'frame', maxBytes: 3000, seeds: frameSeeds, run: feedFrames },
  {
    name: 'dns-query',
    maxBytes: 600,
    seeds: [
      query,
      clientQuery('host.docker.internal', 'ANY', {}),
      clientQuery('3.65.168.192.in-addr.arpa', 'PTR', {}),
    ],
    run: (input) => {
      queries += 1
      // It remembers what it was asked.
      if (queries % 1000 === 0) resolver = newResolver()
      const replies = resolver.raw(input)
      if (replies.length > 1) throw new Error('more than one reply')
      for (const reply of replies) if (parseResponse(reply) === undefined) throw new Error('a broken reply')
      resolver.passTime(100)
    },
  },
  {
    name: 'dns-response',
    maxBytes: 1000,
    seeds: [response],
    run: (input) => void parseResponse(input),
  },
  {
    name: 'dns-stream',
    maxBytes: 300,
    seeds: [Uint8Array.of(0, 3, 1, 2, 3, 0, 0, 0, 1, 9)],
    run: (input) => {
      const reader = new MessageReader()
      let bytes = 0
      for (let at = 0; at < input.length; at += 7) {
        reader.push(input.subarray(at, at + 7))
        for (let message = reader.next(); message !== undefined; message = reader.next())
          bytes += 2 + message.length
      }
      if (bytes + reader.length !== input.length) throw new Error('bytes are lost')
    },
  },
  {
    name: 'dhcp',
    maxBytes: 700,
    seeds: [packet({ type: 1 }), packet({ type: 3 }), packet({ type: 8 })],
    run: (input) => {
      nowMs += 1000
      leases = answerDhcp(settings, leases, input, nowMs).table
    },
  },
  {
    name: 'dhcp6',
    maxBytes: 300,
    seeds: [
      Uint8Array.from([11, 1, 2, 3, ...duid]),
      Uint8Array.from([1, 1, 2, 3, ...duid, 0, 3, 0, 12, ...Array<number>(12).fill(1)]),
    ],
    run: (input) => void answerDhcp6(input, dhcp6Settings),
  },
  {
    name: 'vmn3t',
    maxBytes: 400,
    seeds: [Buffer.concat([init(), command(1)]), Buffer.concat([init(), command(8, '', [5, 65, 168, 192])])],
    run: (input) => {
      const handshake = new Vmn3tHandshake({
        assign: () => ({ mac: Uint8Array.of(2, 0x50, 0, 0, 0, 1), mtu: 1500 }),
        send: () => {},
      })
      for (let at = 0; at < input.length; at += 31) {
        if (handshake.feed(input.subarray(at, at + 31)).state !== 'greeting') return
      }
    },
  },
  {
    name: 'server-name',
    maxBytes: 1200,
    seeds: [
      records(hello([serverName('www.example')])),
      new TextEncoder().encode('GET / HTTP/1.1\r\nHost: a.example:80\r\n\r\n'),
    ],
    run: (input) => {
      readServerName(input, 443)
      readServerName(input, 80)
    },
  },
  { name: 'http', maxBytes: 2000, seeds: apiSeeds, run: feedApi },
]
