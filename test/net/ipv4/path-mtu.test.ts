/** Datagrams to guests whose containers have a smaller MTU than the link. */
import { expect, test } from 'vitest'
import { icmp6, icmp6Frame } from '../../support/net/ipv6-messages.ts'
import { guestAddress, ipv6, Lab } from '../../support/net/lab.ts'
import { octets } from '../../support/net/segments.ts'

const port = 7000

/** Adds the guest to the neighbour table; returns the frames that a client of a mapped port causes. */
function send(lab: Lab, guest: number, bytes: number): Uint8Array[] {
  lab.act((stack) => {
    const client = stack.datagrams.openClient(guest, port, { answer: () => {}, onGone: () => {} })!
    stack.datagrams.fromClient(client, new Uint8Array(bytes), 0, bytes)
  })
  return lab.takeFrames()
}

function fromCard(card: number, frame: Uint8Array): Uint8Array {
  frame[11] = card
  return frame
}

function known(lab: Lab, address: string, card = 1): number {
  const advertisement = icmp6(136, 0, [0x60, 0, 0, 0, ...octets(address), 2, 1, 2, 0x50, 0, 0, 0, card])
  lab.arrive(fromCard(card, icmp6Frame(address, ipv6.gateway, advertisement)))
  lab.takeFrames()
  return lab.stack.addressOf(address)!
}

/** "Packet too big" for a datagram from us to the guest. */
function tooBig(mtu: number, from: string, about = from): Uint8Array {
  const udp = [0x9c, 0x40, port >> 8, port & 255, 0, 8, 0, 0]
  const ip = [0x60, 0, 0, 0, 0, 8, 17, 64, ...octets(ipv6.gateway), ...octets(about)]
  return icmp6Frame(from, ipv6.gateway, icmp6(2, 0, [0, 0, mtu >> 8, mtu & 255, ...ip, ...udp]))
}

const sizes = (frames: Uint8Array[]) => frames.map(({ length }) => length - 14)

test('an IPv4 datagram may be fragmented, and each has a unique identification', () => {
  const lab = new Lab(65_520)
  lab.stack.ipv4.neighbours.learn(guestAddress, 0x0250, 1, lab.link)
  const frames = [...send(lab, guestAddress, 4000), ...send(lab, guestAddress, 100)]
  expect(sizes(frames)).toEqual([4028, 128])
  const views = frames.map(({ buffer }) => new DataView(buffer))
  expect(views.map((view) => view.getUint16(20))).toEqual([0, 0])
  expect(views[0]!.getUint16(18)).not.toBe(views[1]!.getUint16(18))
})

test('over IPv6, where routers do not fragment, datagrams are fragmented to the reported MTU', () => {
  const lab = new Lab(65_520)
  const guest = known(lab, ipv6.address)
  expect(sizes(send(lab, guest, 4000))).toEqual([4048])
  lab.arrive(tooBig(1500, ipv6.address))
  expect(sizes(send(lab, guest, 4000))).toEqual([1496, 1496, 1160])
})

test('an MTU below the IPv6 minimum is treated as 1280', () => {
  const lab = new Lab(65_520)
  const guest = known(lab, ipv6.address)
  lab.arrive(tooBig(100, ipv6.address))
  expect(Math.max(...sizes(send(lab, guest, 4000)))).toBeLessThanOrEqual(1280)
  expect(Math.max(...sizes(send(lab, guest, 4000)))).toBeGreaterThan(1200)
})

test('a guest can report an MTU only for its own path', () => {
  const lab = new Lab(65_520)
  const guest = known(lab, ipv6.address)
  const other = known(lab, 'fd00:65::9', 2)
  lab.arrive(fromCard(2, tooBig(1280, 'fd00:65::9', ipv6.address)))
  expect(sizes(send(lab, guest, 4000))).toEqual([4048])
  expect(sizes(send(lab, other, 4000))).toEqual([4048])
})

test('a guest can report the MTU of a path to another address that it routes', () => {
  const lab = new Lab(65_520)
  const routed = known(lab, 'fd00:65::9')
  known(lab, ipv6.address)
  lab.arrive(tooBig(1500, ipv6.address, 'fd00:65::9'))
  expect(sizes(send(lab, routed, 4000))).toEqual([1496, 1496, 1160])
})

test('the full MTU is retried ten minutes after the last report', () => {
  const lab = new Lab(65_520)
  const guest = known(lab, ipv6.address)
  lab.arrive(tooBig(1500, ipv6.address))
  for (let minute = 0; minute < 10; minute += 1) {
    lab.wait(61_000)
    send(lab, guest, 1)
  }
  lab.wait(5000)
  expect(sizes(send(lab, guest, 4000))).toEqual([4048])
})
