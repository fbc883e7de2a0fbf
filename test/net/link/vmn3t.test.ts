import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lengthPrefix16 } from '../../../src/net/link/frames16.ts'
import { type Vif, type Vmn3tClient, Vmn3tSession } from '../../../src/net/link/vmn3t.ts'

const uuid = '8a5b0c1e-0d0e-4f43-9d3d-0b6a3a2f5c11'
const vif: Vif = { mac: Uint8Array.of(2, 0x50, 0, 0, 0, 1), mtu: 1500 }

function init(version = 22): Uint8Array {
  return Uint8Array.from([...Buffer.from('VMN3T'), version, 0, 0, 0, ...Buffer.alloc(40, 'a')])
}

function command(code: number, text = uuid, address: number[] = []): Uint8Array {
  const bytes = Buffer.alloc(41)
  bytes[0] = code
  bytes.write(text, 1, 'ascii')
  bytes.set(address, 37)
  return bytes
}

function session(assign: (client: Vmn3tClient) => Vif | string = () => vif) {
  const sent: Uint8Array[] = []
  const frames: number[][] = []
  const clients: Vmn3tClient[] = []
  const server = new Vmn3tSession({
    assign: (client) => {
      clients.push(client)
      return assign(client)
    },
    send: (bytes) => sent.push(bytes),
    frame: (bytes) => frames.push([...bytes]),
  })
  return { server, sent, frames, clients }
}

const framed = (frame: Uint8Array) => Buffer.concat([lengthPrefix16(frame.length), frame])

describe('handshake', () => {
  test('Init is answered by Init, Ethernet by the card: MTU, largest packet, MAC', () => {
    const { server, sent, clients } = session()
    expect(server.feed(init())).toBeUndefined()
    expect(sent[0]).toHaveLength(49)
    expect(Buffer.from(sent[0]!).toString('latin1', 0, 9)).toBe('VMN3T\x16\0\0\0')
    expect(server.isUp).toBe(false)
    server.feed(command(1))
    expect(clients).toEqual([{ uuid, preferredAddress: undefined }])
    expect(sent[1]).toHaveLength(258)
    expect([...sent[1]!.subarray(0, 11)]).toEqual([1, 0xdc, 5, 0xea, 5, 2, 0x50, 0, 0, 0, 1])
    expect(server.isUp).toBe(true)
  })

  test('Preferred_ipv4 carries the address, an uuid of NULs is the choice of the server', () => {
    const { server, clients } = session()
    server.feed(init())
    server.feed(command(8, '', [5, 65, 168, 192]))
    expect(clients).toEqual([{ uuid: '', preferredAddress: 0xc0a84105 }])
  })

  test('a refused client is told why and dropped', () => {
    const { server, sent } = session(() => 'address in use')
    server.feed(init())
    expect(server.feed(command(1))).toBe('address in use')
    expect(Buffer.from(sent[1]!).toString('latin1', 0, 16)).toBe('\x02\x0eaddress in use')
    expect(server.feed(framed(new Uint8Array(60)))).toBeDefined()
  })

  test.each([
    ['another magic', Buffer.alloc(49, 'x')],
    ['another version', init(1)],
    ['an unknown command', Buffer.concat([init(), command(3)])],
    ['a frame without an ethernet header', Buffer.concat([init(), command(1), Buffer.from([13, 0])])],
  ])('%s ends the session', (_name, bytes) => {
    const { server, frames } = session()
    expect(server.feed(bytes)).toBeDefined()
    expect(server.isUp).toBe(false)
    expect(frames).toEqual([])
  })
})

test('however the stream is cut, the frames are the ones that were sent, in order', () => {
  const sizes = fc.array(fc.oneof(fc.integer({ min: 14, max: 200 }), fc.constantFrom(1514, 65_535)), {
    maxLength: 8,
  })
  const cuts = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(sizes, cuts, (lengths, pieces) => {
      const wanted = lengths.map((length, i) => new Uint8Array(length).fill(i + 1))
      const stream = Buffer.concat([init(), command(1), ...wanted.map(framed)])
      const { server, frames } = session()
      for (let at = 0, i = 0; at < stream.length; i += 1) {
        const size = pieces[i % pieces.length]!
        expect(server.feed(stream.subarray(at, at + size))).toBeUndefined()
        at += size
      }
      expect(frames.map((frame) => frame.length)).toEqual(lengths)
      expect(frames.every((frame, i) => frame.every((byte) => byte === i + 1))).toBe(true)
    }),
    { numRuns: 40 },
  )
})

test('random bytes never throw', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 120 }), { maxLength: 10 }),
      fc.boolean(),
      (chunks, greeted) => {
        const { server } = session()
        if (greeted) server.feed(Buffer.concat([init(), command(1)]))
        for (const chunk of chunks) server.feed(chunk)
      },
    ),
  )
})
