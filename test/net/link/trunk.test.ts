/** Forwarding over trunks between the switches of machines. */
import { beforeEach, expect, test } from 'vitest'
import { Batches } from '../../../src/net/link/batches.ts'
import { Link } from '../../../src/net/link/link.ts'
import { Switch } from '../../../src/net/link/switch.ts'
import { gatewayMac } from '../../../src/net/wire/ethernet.ts'
import { PacketBuffer } from '../../../src/net/wire/packet.ts'

const batches = new Batches(512 * 1024)
const gateway = gatewayMac.high * 2 ** 32 + gatewayMac.low
const everybody = 0xffff_ffff_ffff
const mac = (last: number): number => 0x0250_0000_0100 + last

let wire: Switch
/** A local guest's link and two trunks. */
let links: readonly [Link, Link, Link]

beforeEach(() => {
  wire = new Switch(false)
  const socket = { send: (batch: PacketBuffer) => batch, canGather: false, queuedBytes: 0, close: () => {} }
  const link = (id: number): Link => new Link(id, 'u32-be', socket, batches, id > 1)
  links = [link(1), link(2), link(3)]
  for (const one of links) wire.add(one)
})

/** Sends a frame; returns whether the gateway processes it, and the numbers of the links that receive it. */
function send(from: number, source: number, destination: number): { isOurs: boolean; to: number[] } {
  const before = links.map(({ counters }) => counters.framesOut)
  const packet = new PacketBuffer(new Uint8Array(64))
  packet.view.setUint16(0, Math.floor(destination / 2 ** 32))
  packet.view.setInt32(2, destination | 0)
  packet.view.setUint16(6, Math.floor(source / 2 ** 32))
  packet.view.setInt32(8, source | 0)
  const isOurs = wire.pass(packet, 0, 64, links[from - 1]!, 0)
  return {
    isOurs,
    to: links.filter(({ counters }, i) => counters.framesOut > before[i]!).map(({ id }) => id),
  }
}

test('a broadcast of a guest reaches every other machine, and the gateway', () => {
  expect(send(1, mac(1), everybody)).toEqual({ isOurs: true, to: [2, 3] })
})

test('a broadcast of another machine reaches the local guest, but no third machine and not the gateway', () => {
  expect(send(2, mac(2), everybody)).toEqual({ isOurs: false, to: [1] })
})

test('a frame for a known machine goes only there', () => {
  send(3, mac(3), everybody)
  expect(send(1, mac(1), mac(3))).toEqual({ isOurs: false, to: [3] })
})

test('a frame from a trunk for a machine behind another trunk is dropped, because the two have their own trunk', () => {
  send(3, mac(3), everybody)
  expect(send(2, mac(2), mac(3))).toEqual({ isOurs: false, to: [] })
  expect(wire.counters.nowhere).toBe(1)
})

test('a frame from a trunk for the gateway is dropped, because each machine has its own', () => {
  expect(send(2, mac(2), gateway)).toEqual({ isOurs: false, to: [] })
  expect(wire.counters.nowhere).toBe(1)
})

test("another machine's gateway is not learned", () => {
  expect(send(2, gateway, everybody)).toEqual({ isOurs: false, to: [] })
  expect(wire.counters.looped).toBe(1)
})

test('removing a trunk removes its machines', () => {
  send(3, mac(3), everybody)
  wire.remove(links[2])
  expect(send(1, mac(1), mac(3)).to).toEqual([2])
})
