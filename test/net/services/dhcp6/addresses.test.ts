import { describe, expect, test } from 'vitest'
import { answerDhcp6, type Dhcp6Settings } from '../../../../src/net/services/dhcp6/reply.ts'
import { octets } from '../../../support/net/segments.ts'

const dnsServer = Uint8Array.from(octets('fd00:65::1'))
const serverId = [0, 2, 0, 10, 0, 3, 0, 1, 2, 0x50, 0, 0, 0, 0]
const clientId = (last: number): number[] => [0, 1, 0, 10, 0, 3, 0, 1, 2, 0x50, 0, 0, 0, last]
const option = (code: number, content: readonly number[]): number[] => [
  0,
  code,
  0,
  content.length,
  ...content,
]
const named = (address: readonly number[]): number[] => option(5, [...address, 0, 0, 0, 0, 0, 0, 0, 0])
const association = (id: number, ...options: number[][]): number[] =>
  option(3, [0, 0, 0, id, 0, 0, 0, 0, 0, 0, 0, 0, ...options.flat()])
const types = { solicit: 1, request: 3, confirm: 4, renew: 5, rebind: 6, release: 8, decline: 9 } as const

function server(): (type: number, ...options: readonly (readonly number[])[]) => Reply | undefined {
  const settings: Dhcp6Settings = {
    dnsServer,
    search: [],
    prefix: dnsServer.slice(0, 8),
    declined: new Map(),
  }
  return (type, ...options) => {
    const bytes = answerDhcp6(Uint8Array.from([type, 1, 2, 3, ...options.flat()]), settings)
    return bytes === undefined ? undefined : readReply(bytes)
  }
}

interface Reply {
  type: number
  /** Address, preferred and valid lifetime. */
  addresses: { address: number[]; preferred: number; valid: number }[]
  status: number | undefined
  codes: number[]
}

function optionsIn(bytes: Uint8Array, start: number): [number, Uint8Array][] {
  const found: [number, Uint8Array][] = []
  for (let at = start; at < bytes.length; ) {
    const length = (bytes[at + 2]! << 8) | bytes[at + 3]!
    found.push([(bytes[at]! << 8) | bytes[at + 1]!, bytes.subarray(at + 4, at + 4 + length)])
    at += 4 + length
  }
  return found
}

function readReply(bytes: Uint8Array): Reply {
  const options = optionsIn(bytes, 4)
  const word = (content: Uint8Array, at: number): number =>
    new DataView(content.buffer, content.byteOffset).getUint32(at)
  const inside = options.flatMap(([code, content]) => (code === 3 ? optionsIn(content, 12) : []))
  const addresses = inside.flatMap(([code, content]) =>
    code === 5
      ? [{ address: [...content.subarray(0, 16)], preferred: word(content, 16), valid: word(content, 20) }]
      : [],
  )
  const status = options.find(([code]) => code === 13)?.[1][1]
  return { type: bytes[0]!, addresses, status, codes: options.map(([code]) => code) }
}

describe('a guest that requests an address', () => {
  test('is offered one of the link, gets it when it accepts, and gets the same one for each request', () => {
    const ask = server()
    const offer = ask(types.solicit, clientId(1), association(7))!
    expect([offer.type, offer.addresses.length]).toEqual([2, 1])
    const { address, preferred, valid } = offer.addresses[0]!
    expect(address.slice(0, 8)).toEqual([...dnsServer.subarray(0, 8)])
    expect([preferred, valid]).toEqual([43_200, 86_400])
    for (const type of [types.request, types.renew]) {
      const reply = ask(type, clientId(1), serverId, association(7, named(address)))!
      expect([reply.type, reply.addresses.map((it) => it.address)]).toEqual([7, [address]])
    }
    expect(ask(types.rebind, clientId(1), association(7))!.addresses[0]!.address).toEqual(address)
    expect(server()(types.solicit, clientId(1), association(7))!.addresses[0]!.address).toEqual(address)
  })

  test('gets it immediately with rapid commit (RFC 8415 section 18.3.1)', () => {
    const reply = server()(types.solicit, clientId(1), option(14, []), association(7))!
    expect([reply.type, reply.codes.includes(14), reply.addresses.length]).toEqual([7, true, 1])
  })

  test('gets one address per association, different from those of other guests', () => {
    const ask = server()
    const texts = [1, 2].flatMap((client) =>
      ask(types.solicit, clientId(client), association(1), association(2))!.addresses.map(
        ({ address }) => `${address}`,
      ),
    )
    expect(new Set(texts).size).toBe(4)
  })

  test('gets lifetimes of zero for an address of another link (section 18.3.4)', () => {
    const foreign = octets('2001:db8::9')
    const { addresses } = server()(types.renew, clientId(1), serverId, association(7, named(foreign)))!
    expect(addresses[1]).toEqual({ address: foreign, preferred: 0, valid: 0 })
  })

  test('gets another address after it has declined one', () => {
    const ask = server()
    const address = () => ask(types.solicit, clientId(1), association(7))!.addresses[0]!.address
    const before = address()
    expect(ask(types.decline, clientId(1), serverId, association(7, named(before)))).toMatchObject({
      status: 0,
    })
    expect(address()).not.toEqual(before)
  })

  test('is informed whether its address belongs to the link (section 18.3.3)', () => {
    const ask = server()
    const confirm = (address: string) =>
      ask(types.confirm, clientId(1), association(7, named(octets(address))))
    expect(confirm('fd00:65::77')!.status).toBe(0)
    expect(confirm('fd00:66::77')!.status).toBe(4)
    expect(ask(types.confirm, clientId(1), association(7))).toBeUndefined()
  })

  test('gets a status code instead of temporary addresses and prefixes', () => {
    const reply = server()(
      types.solicit,
      clientId(1),
      option(4, [0, 0, 0, 1]),
      option(25, [0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]),
    )!
    expect(reply.codes).toEqual([1, 2, 4, 25, 23])
  })
})

test.each([
  ['a request that names no server', types.request, [clientId(1), association(7)]],
  ['a solicitation that names one', types.solicit, [clientId(1), serverId, association(7)]],
  ['a renewal at another server', types.renew, [clientId(1), option(2, [9, 9]), association(7)]],
  ['a release without a client identifier', types.release, [serverId, association(7)]],
] as const)('%s is not answered (section 16)', (_what, type, options) => {
  expect(server()(type, ...options)).toBeUndefined()
})

test('ten thousand guests that decline leave a bounded table', () => {
  const declined = new Map<string, number>()
  const settings = { dnsServer, search: [], prefix: dnsServer.slice(0, 8), declined }
  for (let i = 0; i < 10_000; i += 1) {
    const message = [types.decline, 1, 2, 3, ...clientId(i & 255), ...serverId, ...association(i >> 8)]
    answerDhcp6(Uint8Array.from(message), settings)
  }
  expect(declined.size).toBeLessThanOrEqual(256)
})
