/** Address claims that a guest may send to other guests. */
import { expect, test } from 'vitest'
import { Batches } from '../../../src/net/link/batches.ts'
import { Link } from '../../../src/net/link/link.ts'
import { icmp6, icmp6Frame } from '../../support/net/ipv6-messages.ts'
import { ipv6, Lab, network } from '../../support/net/lab.ts'
import { octets } from '../../support/net/segments.ts'

const batches = new Batches(512 * 1024)
const guestMac = [2, 0x50, 0, 0, 0, 1]
const everyone = [255, 255, 255, 255, 255, 255]
const other = '192.168.65.77'

/** An ARP packet that claims `address` for the sender: a reply, or with `to` all ones a request. */
function arp(address: string, operation: number, to: readonly number[]): Uint8Array {
  const ends = [...guestMac, ...octets(address), ...to, ...octets(other)]
  return Uint8Array.of(...to, ...guestMac, 8, 6, 0, 1, 8, 0, 6, 4, 0, operation, ...ends)
}

/** Sent to all nodes. */
const advertise = (type: number, target: string): Uint8Array => {
  const body = type === 136 ? [0x20, 0, 0, 0, ...octets(target)] : new Array<number>(12).fill(0)
  return icmp6Frame(ipv6.address, 'ff02::1', icmp6(type, 0, body))
}

/** Passes frames to a lab with another guest; returns how many it receives. */
function reach(lab: Lab, ...frames: Uint8Array[]): number {
  const socket = { send: lab.send.bind(lab), canGather: false, queuedBytes: 0, close: () => {} }
  const link = new Link(2, 'u32-be', socket, batches)
  lab.stack.addLink(link)
  const before = link.counters.framesOut
  lab.arrive(...frames)
  return link.counters.framesOut - before
}

test('an address stays with its link, even against a copy of its card, until that link is removed', () => {
  const lab = new Lab()
  const frame = arp(network.address, 1, everyone)
  lab.arrive(frame)
  const held = lab.stack.ipv4.neighbours.get(lab.stack.addressOf(network.address)!)!
  const [first, thief] = [lab.link, new Link(2, 'u32-be', lab, batches)]
  lab.stack.addLink(thief)
  lab.link = thief
  lab.arrive(frame)
  expect(held.link).toBe(first)
  expect(lab.stack.drops.spoofed).toBe(1)
  lab.stack.removeLink(first)
  lab.arrive(frame)
  expect(held.link).toBe(thief)
})

test.each([
  ['the gateway, to all', arp(network.gateway, 1, everyone)],
  ['the host, to all', arp(network.host, 1, everyone)],
  ['the gateway, to one', arp(network.gateway, 2, [2, 0x50, 0, 0, 0, 7])],
  ['the gateway by IPv6', advertise(136, ipv6.gateway)],
  ['the host by IPv6', advertise(136, ipv6.host)],
  ['a router by IPv6', advertise(134, ipv6.gateway)],
])('frames of a guest that claims to be %s do not reach others, and are counted', (_name, frame) => {
  const lab = new Lab()
  expect(reach(lab, frame)).toBe(0)
  expect(lab.stack.links.counters.spoofed).toBe(1)
})

test('frames that claim an address leased to another guest do not reach others', () => {
  const lab = new Lab()
  lab.isTaken = () => true
  expect(reach(lab, arp(other, 1, everyone))).toBe(0)
  expect(lab.stack.links.counters.spoofed).toBe(1)
})

test.each([
  ['of its own address', arp(network.address, 1, everyone)],
  ['of no address yet (RFC 5227)', arp('0.0.0.0', 1, everyone)],
  ['of its own address by IPv6', advertise(136, ipv6.address)],
])('a claim %s reaches others', (_name, frame) => {
  const lab = new Lab()
  expect(reach(lab, frame)).toBe(1)
  expect(lab.stack.links.counters.spoofed).toBe(0)
})

test('if IPv6 is off, a guest may be a router for others', () => {
  expect(reach(new Lab(1500, {}), advertise(134, ipv6.gateway))).toBe(1)
})
