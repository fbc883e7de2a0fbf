import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answerDhcp6 } from '../../../../src/net/services/dhcp6/reply.ts'
import { ipv6, Lab } from '../../../support/net/lab.ts'
import { ipv6Frame, octets, plainChecksum, pseudoHeader } from '../../../support/net/segments.ts'

const dnsServer = Uint8Array.from(octets('fd00:65::1'))
const prefix = dnsServer.slice(0, 8)
const settings = { dnsServer, search: ['corp.example'], prefix, declined: new Map<string, number>() }
const clientId = [0, 1, 0, 10, 0, 3, 0, 1, 2, 0x50, 0, 0, 0, 1]
const elapsed = [0, 8, 0, 2, 0, 0]
const request = Uint8Array.of(11, 1, 2, 3, ...clientId, ...elapsed, 0, 6, 0, 4, 0, 23, 0, 24)

/** Options in order: code, then content. */
function optionsOf(message: Uint8Array): [number, number[]][] {
  const options: [number, number[]][] = []
  for (let at = 4; at < message.length; ) {
    const length = (message[at + 2]! << 8) | message[at + 3]!
    options.push([(message[at]! << 8) | message[at + 1]!, [...message.subarray(at + 4, at + 4 + length)]])
    at += 4 + length
  }
  return options
}

test('an information request gets DNS server, search list and refresh time (RFC 8415)', () => {
  const reply = answerDhcp6(request, settings)!
  expect([...reply.subarray(0, 4)]).toEqual([7, 1, 2, 3])
  expect(optionsOf(reply)).toEqual([
    [1, clientId.slice(4)],
    [2, [0, 3, 0, 1, 2, 0x50, 0, 0, 0, 0]],
    [23, [...dnsServer]],
    [24, [4, ...Buffer.from('corp'), 7, ...Buffer.from('example'), 0]],
    [32, [0, 0, 14, 16]],
  ])
})

test.each([
  ['a solicitation without a client identifier', Uint8Array.of(1, 1, 2, 3, ...elapsed)],
  ['a message that only servers send', Uint8Array.of(7, ...request.subarray(1))],
  ['a question to another server', Uint8Array.of(...request, 0, 2, 0, 2, 9, 9)],
  ['a request that wants an address too', Uint8Array.of(...request, 0, 3, 0, 12, ...new Uint8Array(12))],
  ['an option beyond the end', Uint8Array.of(...request, 0, 8, 0, 9, 0)],
  ['bytes behind the last option', Uint8Array.of(...request, 0)],
  ['nothing', new Uint8Array()],
])('%s is not answered', (_what, message) => {
  expect(answerDhcp6(message, settings)).toBeUndefined()
})

test('mutated requests never throw', () => {
  const edits = fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 5 })
  fc.assert(
    fc.property(edits, fc.nat(40), (changes, cut) => {
      const bytes = request.slice(0, cut)
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
      answerDhcp6(bytes, settings)
    }),
    { numRuns: 2000 },
  )
})

test('of all multicast groups only that of DHCPv6 servers reaches the service', () => {
  const lab = new Lab()
  for (const to of ['ff02::1:2', 'ff02::fb', 'ff05::1:3', ipv6.gateway]) {
    const udp = Uint8Array.of(2, 34, 2, 35, 0, 8 + request.length, 0, 0, ...request)
    const sum = plainChecksum(pseudoHeader('fe80::1:2', to, 17, udp.length), udp)
    udp.set([sum >> 8, sum & 255], 6)
    lab.arrive(ipv6Frame(17, 'fe80::1:2', to, udp))
  }
  const { stack } = lab
  expect(lab.datagrams.map(({ destination }) => stack.formatAddress(destination))).toEqual([
    'ff02::1:2',
    ipv6.gateway,
  ])
})
