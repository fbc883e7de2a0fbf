/** Addresses outside the subnet are behind the guest that routes: a container behind its VM. */
import { expect, test } from 'vitest'
import { parseIpv4 } from '../../../src/net/wire/addresses.ts'
import { FakeHost } from '../../support/net/fake-host.ts'
import { Lab, network } from '../../support/net/lab.ts'
import { parseSegmentFrame } from '../../support/net/read-segment.ts'
import { tcpFrame } from '../../support/net/segments.ts'

const container = '172.17.0.2'
const toContainer = { guestAddress: parseIpv4(container), guestPort: 80, address: 0, port: 40_000 }

function connect(lab: Lab): FakeHost {
  const host = new FakeHost()
  const address = parseIpv4(network.gateway)
  lab.act((stack) => stack.tcp.connect({ ...toContainer, address }, host))
  return host
}

const arpReply = (mac: readonly number[]): Uint8Array =>
  Uint8Array.of(
    ...[2, 0x50, 0, 0, 0, 0, ...mac, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, ...mac],
    ...network.address.split('.').map(Number),
    ...[2, 0x50, 0, 0, 0, 0],
    ...network.gateway.split('.').map(Number),
  )
const vm = [2, 0x50, 0, 0, 0, 1]
const fromContainer = (flags: string, ack: number): Uint8Array =>
  tcpFrame(container, network.gateway, { guestPort: 80, port: 40_000 }, { flags, seq: 1, ack })

test('a container is reached through its VM, and only the VM is resolved by ARP', () => {
  const lab = new Lab()
  const host = connect(lab)
  const [question] = lab.takeFrames()
  expect([...question!.slice(38, 42)].join('.')).toBe(network.address)
  lab.arrive(arpReply(vm))
  const syn = lab.takeFrames().find((frame) => parseSegmentFrame(frame) !== undefined)!
  expect([...syn.slice(0, 6)]).toEqual(vm)
  expect([...syn.slice(30, 34)].join('.')).toBe(container)
  lab.arrive(fromContainer('SA', parseSegmentFrame(syn)!.seq + 1))
  expect(host.isReading).toBe(true)
})

test('only the VM can send for a container', () => {
  const lab = new Lab()
  const host = connect(lab)
  lab.arrive(arpReply(vm))
  const syn = lab.takeFrames().find((frame) => parseSegmentFrame(frame) !== undefined)!
  const forged = fromContainer('SA', parseSegmentFrame(syn)!.seq + 1)
  forged[11] = 9
  lab.arrive(forged)
  expect(host.isReading).toBe(false)
  expect(lab.stack.drops.spoofed).toBe(1)
})

test('an address of a container that was never dialled is not accepted on the link', () => {
  const lab = new Lab()
  lab.arrive(arpReply(vm), fromContainer('S', 0))
  expect(lab.stack.drops.spoofed).toBe(1)
})

test("connections to a container survive an outage of its VM's link", () => {
  const lab = new Lab()
  const host = connect(lab)
  lab.arrive(arpReply(vm))
  const syn = lab.takeFrames().find((frame) => parseSegmentFrame(frame) !== undefined)!
  lab.arrive(fromContainer('SA', parseSegmentFrame(syn)!.seq + 1))
  lab.detach()
  lab.attach()
  lab.arrive(arpReply(vm))
  expect(host.isReset).toBe(false)
  // Keepalive for the connection, as for any guest that reconnects.
  const probes = lab.takeFrames().filter((frame) => parseSegmentFrame(frame) !== undefined)
  expect(probes.map((frame) => [...frame.slice(30, 34)].join('.'))).toContain(container)
})
