import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maxPoolAddresses } from '../../../../src/net/services/dhcp/leases.ts'
import { emitMessage, messageType, parseMessage } from '../../../../src/net/services/dhcp/message.ts'
import { encodeSearch } from '../../../../src/net/services/dhcp/options.ts'
import { answerDhcp } from '../../../../src/net/services/dhcp/server.ts'
import { ip, packet, Server, settings } from '../../../support/net/dhcp-client.ts'

const types = Object.values(messageType)
const mac = fc.uint8Array({ minLength: 6, maxLength: 6 })
const optionList = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 1, max: 254 }), fc.uint8Array({ maxLength: 40 })),
  { maxLength: 12, selector: ([code]) => code },
)

test('a message that fits survives serialization and parsing', () => {
  const messages = fc.record({
    op: fc.constantFrom('request' as const, 'reply' as const),
    hardwareType: fc.nat(255),
    transactionId: fc.nat(0xffffffff),
    seconds: fc.nat(0xffff),
    broadcast: fc.boolean(),
    clientAddress: fc.nat(0xffffffff),
    yourAddress: fc.nat(0xffffffff),
    relayAddress: fc.nat(0xffffffff),
    hardwareAddress: fc.uint8Array({ maxLength: 16 }),
    // Option 52 would turn the fixed fields into options.
    options: optionList.map((list) => new Map(list.filter(([code]) => code !== 52))),
  })
  fc.assert(
    fc.property(messages, (message) => {
      expect(parseMessage(emitMessage(message, 4096))).toEqual(message)
    }),
  )
})

test('a value of more than 255 bytes is split when serialized and joined when parsed', () => {
  const value = Uint8Array.from({ length: 700 }, (_, i) => i)
  const message = parseMessage(packet({ type: 1 }))!
  const again = parseMessage(emitMessage({ ...message, options: new Map([[119, value]]) }, 1500))
  expect(again!.options.get(119)).toEqual(value)
})

test('options overloaded into file and sname are parsed', () => {
  const bytes = packet({ type: 1, options: [[52, Uint8Array.of(3)]] })
  bytes.set([12, 2, 104, 105, 255], 108)
  bytes.set([60, 1, 120, 255], 44)
  const { options } = parseMessage(bytes)!
  expect(options.get(12)).toEqual(Uint8Array.of(104, 105))
  expect(options.get(60)).toEqual(Uint8Array.of(120))
})

test('search domains share suffixes by pointers from the start of the option (RFC 3397)', () => {
  const text = '\x03eng\x05apple\x03com\x00\x09marketing\xc0\x04'
  expect(encodeSearch(['eng.apple.com', 'marketing.apple.com'])).toEqual(
    Uint8Array.from(text, (c) => c.charCodeAt(0)),
  )
})

test('mutated messages never throw, and every reply is well-formed and has a valid address', () => {
  const sent = fc.record({
    type: fc.constantFrom(...types),
    mac,
    ciaddr: fc.nat(0xffffffff),
    relay: fc.constantFrom(0, 0, ip('10.0.0.1')),
    broadcast: fc.boolean(),
    options: optionList,
  })
  const edits = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { maxLength: 6 })
  const dhcp = new Server()
  fc.assert(
    fc.property(sent, edits, fc.nat(600), fc.boolean(), (message, flips, length, cut) => {
      const bytes = packet(message)
      for (const [at, byte] of flips) if (at < bytes.length) bytes[at] = byte
      const outcome = answerDhcp(settings, dhcp.table, cut ? bytes.subarray(0, length) : bytes, dhcp.nowMs)
      dhcp.table = outcome.table
      dhcp.nowMs += 1000
      if (outcome.reply === undefined) return
      const reply = parseMessage(outcome.reply.payload)!
      expect(reply.op).toBe('reply')
      expect(settings.excluded.has(reply.yourAddress)).toBe(false)
      if (reply.yourAddress !== 0) expect(reply.yourAddress >>> 8).toBe(ip('192.168.65.0') >>> 8)
    }),
    { numRuns: 3000 },
  )
})

test('a flood of forged clients leaves a table no larger than the pool, with one client per address', () => {
  const wide = { ...settings, subnet: { network: ip('10.0.0.0'), prefix: 8 } }
  const flood = new Server(wide)
  for (let i = 0; i < maxPoolAddresses + 200; i += 1) {
    flood.say({ type: messageType.discover, mac: Uint8Array.of(2, 0, 0, i >> 16, i >> 8, i) })
  }
  expect(flood.table.size).toBeLessThanOrEqual(maxPoolAddresses)
  expect(new Set([...flood.table.values()].map((lease) => lease.client)).size).toBe(flood.table.size)
})
