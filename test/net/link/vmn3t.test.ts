import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MacTable } from '../../../src/net/link/mac-table.ts'
import { type Vif, type Vmn3tClient, Vmn3tHandshake } from '../../../src/net/link/vmn3t.ts'
import { command, init, uuid } from '../../support/net/vmn3t-client.ts'

const vif: Vif = { mac: Uint8Array.of(2, 0x50, 0, 0, 0, 1), mtu: 1500 }

function handshake(assign: (client: Vmn3tClient) => Vif | string = () => vif) {
  const sent: Uint8Array[] = []
  const clients: Vmn3tClient[] = []
  const server = new Vmn3tHandshake({
    assign: (client) => {
      clients.push(client)
      return assign(client)
    },
    send: (bytes) => sent.push(bytes),
  })
  return { server, sent, clients }
}

describe('handshake', () => {
  test('Init is answered by Init, Ethernet by the card: MTU, largest packet, MAC', () => {
    const { server, sent, clients } = handshake()
    expect(server.feed(init())).toEqual({ state: 'greeting' })
    expect(sent[0]).toHaveLength(49)
    expect(Buffer.from(sent[0]!).toString('latin1', 0, 9)).toBe('VMN3T\x16\0\0\0')
    expect(server.feed(command(1))).toEqual({ state: 'up', rest: new Uint8Array() })
    expect(clients).toEqual([{ uuid, preferredAddress: undefined }])
    expect(sent[1]).toHaveLength(258)
    expect([...sent[1]!.subarray(0, 11)]).toEqual([1, 0xdc, 5, 0xea, 5, 2, 0x50, 0, 0, 0, 1])
  })

  test('Preferred_ipv4 contains the address; a UUID of NULs leaves the choice to the server', () => {
    const { server, clients } = handshake()
    server.feed(init())
    server.feed(command(8, '', [5, 65, 168, 192]))
    expect(clients).toEqual([{ uuid: '', preferredAddress: 0xc0a84105 }])
  })

  test('a rejected client gets the reason', () => {
    const { server, sent } = handshake(() => 'address in use')
    server.feed(init())
    expect(server.feed(command(1))).toEqual({ state: 'refused', reason: 'address in use' })
    expect(Buffer.from(sent[1]!).toString('latin1', 0, 16)).toBe('\x02\x0eaddress in use')
  })

  test.each([
    ['another magic', Buffer.alloc(49, 'x')],
    ['another version', init(1)],
    ['an unknown command', Buffer.concat([init(), command(3)])],
  ])('%s is refused', (_name, bytes) => {
    expect(handshake().server.feed(bytes).state).toBe('refused')
  })

  test('the handshake ends once for any chunk boundaries, with all bytes after it', () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), cuts, (behind, pieces) => {
        const stream = Buffer.concat([init(), command(1), behind])
        const { server } = handshake()
        for (let at = 0, i = 0; at < stream.length; i += 1) {
          const next = at + pieces[i % pieces.length]!
          const progress = server.feed(stream.subarray(at, next))
          if (progress.state === 'up') {
            expect([...progress.rest, ...stream.subarray(next)]).toEqual([...behind])
            return
          }
          expect(progress.state).toBe('greeting')
          at = next
        }
        expect.unreachable()
      }),
    )
  })

  test('random bytes never throw', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 120 }), { maxLength: 10 }),
        fc.boolean(),
        (chunks, greets) => {
          const { server } = handshake()
          if (greets) server.feed(init())
          for (const chunk of chunks) if (server.feed(chunk).state !== 'greeting') return
        },
      ),
    )
  })
})

describe('cards', () => {
  const macOf = (card: Vif | string): string =>
    typeof card === 'string' ? card : Buffer.from(card.mac).toString('hex', 0, 6)
  const ask = (macTable: MacTable, name: string, preferredAddress?: number) =>
    macOf(macTable.assign({ uuid: name, preferredAddress }))

  test('the first machine has the MAC of the settings, and each machine always the same MAC', () => {
    const macTable = new MacTable(1500, () => true)
    expect([ask(macTable, 'a'), ask(macTable, 'b'), ask(macTable, 'a')]).toEqual([
      '025000000001',
      '025000000002',
      '025000000001',
    ])
  })

  test('a preferred address is reserved for the MAC, or the client is rejected without using a card', () => {
    const asked: [string, number][] = []
    const macTable = new MacTable(1500, (mac, address) => asked.push([mac, address]) > 1)
    expect(ask(macTable, 'a', 5)).toMatch(/not free/)
    expect(ask(macTable, 'b', 6)).toBe('025000000001')
    expect(asked).toEqual([
      ['02:50:00:00:00:01', 5],
      ['02:50:00:00:00:01', 6],
    ])
  })

  test('if all cards are assigned, a new client gets the card of the client that disconnected first', () => {
    const macTable = new MacTable(1500, () => true)
    for (let i = 1; i <= 254; i += 1) ask(macTable, `${i}`)
    ask(macTable, '9')
    for (const name of ['9', '7', '8']) macTable.release(name)
    ask(macTable, '7')
    // Client 9 has another connection, and client 7 has reconnected.
    expect(ask(macTable, 'new')).toBe('025000000008')
    expect(ask(macTable, 'one more')).toMatch(/no free address left/)
    macTable.release('new')
    expect(ask(macTable, '8')).toBe('025000000008')
    expect(ask(macTable, '7')).toBe('025000000007')
  })

  test('clients with forged UUIDs are eventually rejected', () => {
    const macTable = new MacTable(1500, () => true)
    for (let i = 0; i < 254; i += 1) expect(ask(macTable, `${i}`)).toMatch(/^0250/)
    expect(ask(macTable, 'one more')).toMatch(/no free address left/)
    expect(ask(macTable, '7')).toMatch(/^0250/)
  })
})
