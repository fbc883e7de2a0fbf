import { beforeEach, describe, expect, test } from 'vitest'
import { Batches } from '../../../src/net/link/batches.ts'
import { Link } from '../../../src/net/link/link.ts'
import { Switch } from '../../../src/net/link/switch.ts'
import { gatewayMac } from '../../../src/net/wire/ethernet.ts'
import { PacketBuffer } from '../../../src/net/wire/packet.ts'

const batches = new Batches(512 * 1024)
const gateway = gatewayMac.high * 2 ** 32 + gatewayMac.low
const everyone = 0xffff_ffff_ffff
const mac = (last: number): number => 0x0250_0000_0100 + last

let wire: Switch
let links: [Link, Link, Link]
let nowMs = 0

function setUp(isIsolated = false): void {
  wire = new Switch(isIsolated)
  nowMs = 0
  const link = (id: number): Link => {
    const made = new Link(
      id,
      id === 3 ? 'u16-le' : 'u32-be',
      { send: (batch) => batch, canGather: false, queuedBytes: 0, close: () => {} },
      batches,
    )
    wire.add(made)
    return made
  }
  links = [link(1), link(2), link(3)]
}

beforeEach(() => setUp())

/** Sends a frame; returns whether the gateway processes it, and the numbers of the links that receive it. */
function send(
  from: number,
  source: number,
  destination: number,
  frameBytes = 64,
): { isOurs: boolean; to: number[] } {
  const before = links.map(({ counters }) => counters.framesOut)
  const packet = new PacketBuffer(new Uint8Array(frameBytes))
  packet.view.setUint16(0, Math.floor(destination / 2 ** 32))
  packet.view.setInt32(2, destination | 0)
  packet.view.setUint16(6, Math.floor(source / 2 ** 32))
  packet.view.setInt32(8, source | 0)
  const isOurs = wire.pass(packet, 0, frameBytes, links[from - 1]!, nowMs)
  const to = links.filter(({ counters }, i) => counters.framesOut > before[i]!).map(({ id }) => id)
  return { isOurs, to }
}

describe('guests of several links', () => {
  test('a frame is flooded until its destination is learned, then sent to that link only', () => {
    expect(send(1, mac(1), mac(2))).toEqual({ isOurs: false, to: [2, 3] })
    send(2, mac(2), gateway)
    expect(send(1, mac(1), mac(2))).toEqual({ isOurs: false, to: [2] })
  })

  test('a frame for the gateway goes only there, and a broadcast goes there too', () => {
    expect(send(1, mac(1), gateway)).toEqual({ isOurs: true, to: [] })
    expect(send(1, mac(1), everyone)).toEqual({ isOurs: true, to: [2, 3] })
  })

  test('a frame to a guest on the same link is dropped', () => {
    send(1, mac(1), gateway)
    send(1, mac(9), gateway)
    expect(send(1, mac(1), mac(9)).to).toEqual([])
    expect(wire.counters.nowhere).toBe(1)
  })

  test('a guest that moves to another link and back is found', () => {
    send(1, mac(1), gateway)
    send(2, mac(1), gateway)
    expect(send(3, mac(3), mac(1)).to).toEqual([2])
    send(1, mac(1), gateway)
    expect(send(3, mac(3), mac(1)).to).toEqual([1])
  })

  test('removing a link removes its guests', () => {
    send(2, mac(2), gateway)
    wire.remove(links[1])
    expect(send(1, mac(1), mac(2)).to).toEqual([3])
    expect([...wire.macs.values()].map(({ id }) => id)).toEqual([1])
  })
})

describe('limits', () => {
  test('a link with forged addresses does not prevent learning from other links', () => {
    for (let i = 0; i < 5000; i += 1) send(1, 0x0266_0000_0000 + i, gateway)
    expect(wire.macs.size).toBe(1024)
    send(2, mac(2), gateway)
    expect(send(3, mac(3), mac(2)).to).toEqual([2])
  })

  test('floods are limited per link', () => {
    send(2, mac(2), gateway)
    let copied = 0
    for (let i = 0; i < 5000; i += 1) copied += send(1, mac(1), everyone).to.length === 2 ? 1 : 0
    expect(copied).toBe(1000)
    expect(wire.counters).toMatchObject({ flooded: 1000, floodsLimited: 4000 })
    expect(send(3, mac(3), everyone).to).toEqual([1, 2])
    expect(send(1, mac(1), mac(2)).to).toEqual([2])
    nowMs = 100
    for (let i = 0; i < 5000; i += 1) copied += send(1, mac(1), everyone).to.length === 2 ? 1 : 0
    expect(copied).toBe(1200)
  })

  test('frames for the gateway are still accepted from a link that floods', () => {
    for (let i = 0; i < 2000; i += 1) send(1, mac(1), everyone)
    expect(send(1, mac(1), everyone)).toEqual({ isOurs: true, to: [] })
  })

  test("the gateway's own frame returned by a loop is dropped and counted, and not learned", () => {
    expect(send(1, gateway, everyone)).toEqual({ isOurs: false, to: [] })
    expect(send(1, gateway, mac(2))).toEqual({ isOurs: false, to: [] })
    expect(wire.counters.looped).toBe(2)
    expect(wire.macs.size).toBe(0)
  })
})

test("only frames that exceed a link's framing are dropped and counted there", () => {
  expect(send(1, mac(1), everyone, 65_536).to).toEqual([2])
  expect(wire.counters.oversized).toBe(1)
  expect(send(1, mac(1), everyone, 65_535).to).toEqual([2, 3])
})

test('a frame with a multicast source is dropped', () => {
  expect(send(1, everyone, gateway)).toEqual({ isOurs: false, to: [] })
  expect(send(1, everyone, mac(2))).toEqual({ isOurs: false, to: [] })
  expect(wire.counters.groupSource).toBe(2)
})

test('isolated guests reach the gateway and never each other', () => {
  setUp(true)
  send(2, mac(2), gateway)
  expect(send(1, mac(1), gateway)).toEqual({ isOurs: true, to: [] })
  expect(send(1, mac(1), everyone)).toEqual({ isOurs: true, to: [] })
  expect(send(1, mac(1), mac(2))).toEqual({ isOurs: false, to: [] })
  expect(wire.counters).toMatchObject({ isolated: 1, flooded: 0 })
})

test('counters of a removed link stay in the totals, once', () => {
  send(1, mac(1), mac(2))
  send(2, mac(2), mac(1))
  const total = (): number =>
    [...wire.links].reduce((sum, { counters }) => sum + counters.framesOut, wire.gone.framesOut)
  const before = total()
  expect(before).toBeGreaterThan(0)
  wire.remove(links[1])
  wire.remove(links[1])
  expect(wire.gone.framesOut).toBeGreaterThan(0)
  expect(total()).toBe(before)
})
