/** Every table has a limit; beyond it a new entry evicts the oldest, and the eviction is counted. */
import { expect, test } from 'vitest'
import type { HostDatagram } from '../../src/net/core/host-datagram.ts'
import { tcpDefaults } from '../../src/net/tcp/context.ts'
import { distance } from '../../src/net/tcp/sequence.ts'
import { flow, guestAddress, Lab, network } from '../support/net/lab.ts'
import { LabConnection } from '../support/net/lab-connection.ts'
import { guestDials } from '../support/net/openings.ts'
import { ipv4Frame, summed, tcpFrame } from '../support/net/segments.ts'

function datagram(lab: Lab, sourcePort: number, destinationPort = 9000): void {
  const payload = Uint8Array.of(
    sourcePort >> 8,
    sourcePort,
    destinationPort >> 8,
    destinationPort,
    0,
    9,
    0,
    0,
    7,
  )
  lab.arrive(ipv4Frame(17, network.address, '10.1.2.3', payload))
}

test('dials to an unresponsive address evict each other, and no dial to another address', () => {
  const lab = new Lab()
  const { maxDialsPerAddress: most } = tcpDefaults
  guestDials(lab, '10.9.9.9', 1)
  for (let i = 0; i < most + 500; i += 1) guestDials(lab, '10.1.1.1', 2000 + i)
  expect(lab.stack.tcp.counters.dialsEvicted).toBe(500)
  expect(lab.stack.tcp.size).toBe(most + 1)
  const [other, ...dead] = lab.dials
  expect(dead.map(({ isReset }) => isReset)).toEqual(dead.map((_, i) => i < 500))
  lab.act((stack) => stack.tcp.hostConnected(other!.connection!))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'SA' }])
})

test('dials to many new addresses evict the oldest, and each new one starts', () => {
  const lab = new Lab()
  const { maxDials } = tcpDefaults
  const addressOf = (i: number) => `10.2.${i >> 8}.${i & 255}`
  for (let i = 0; i < maxDials + 10; i += 1) guestDials(lab, addressOf(i), 2000)
  expect(lab.stack.tcp.counters.dialsEvicted).toBe(10)
  expect(lab.stack.tcp.size).toBe(maxDials)
  expect(lab.dials).toHaveLength(maxDials + 10)
  expect(lab.dials[9]!.isReset).toBe(true)
  expect(lab.dials[10]!.isReset).toBe(false)
})

test('an evicted dial starts again when the guest retransmits its SYN', () => {
  const lab = new Lab()
  for (let i = 0; i <= tcpDefaults.maxDialsPerAddress; i += 1) guestDials(lab, '10.1.1.1', 2000 + i)
  const begun = lab.dials.length
  guestDials(lab, '10.1.1.1', 2000)
  expect(lab.dials).toHaveLength(begun + 1)
  lab.act((stack) => stack.tcp.hostConnected(lab.dials.at(-1)!.connection!))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'SA' }])
})

/** A lab whose host has sockets for datagrams. */
class UdpLab extends Lab {
  open = 0
  /** Limit of file descriptors. */
  most = Number.POSITIVE_INFINITY

  override openUdp(): HostDatagram | undefined {
    if (this.open >= this.most) return undefined
    this.open += 1
    return {
      send: () => {},
      close: () => {
        this.open -= 1
      },
    }
  }
}

test('UDP flows beyond the limit evict the least recently used, whose socket is closed', () => {
  const lab = new UdpLab()
  for (let i = 0; i < 8192; i += 1) datagram(lab, 1000 + i)
  // The first flow was used again, so the second is the oldest.
  datagram(lab, 1000)
  for (let i = 0; i < 100; i += 1) datagram(lab, 20_000 + i)
  const { nat } = lab.stack.datagrams
  expect(nat.counters).toMatchObject({ opened: 8292, evicted: 100 })
  expect([nat.size, lab.open]).toEqual([8192, 8192])
  const ports = new Set([...nat.flows()].map(({ guestPort }) => guestPort))
  expect([ports.has(1000), ports.has(1001), ports.has(1100), ports.has(1101)]).toEqual([
    true,
    false,
    false,
    true,
  ])
})

test('without descriptors a new UDP flow takes that of the least recently used', () => {
  const lab = new UdpLab()
  lab.most = 10
  for (let i = 0; i < 25; i += 1) datagram(lab, 1000 + i)
  const { nat } = lab.stack.datagrams
  expect(nat.counters).toMatchObject({ opened: 25, evicted: 15, failed: 0 })
  expect([...nat.flows()].map(({ guestPort }) => guestPort).sort()).toEqual(
    Array.from({ length: 10 }, (_, i) => 1015 + i),
  )
})

test('UDP flows of DNS queries expire after seconds, others after minutes, and both are counted', () => {
  const lab = new UdpLab()
  for (let i = 0; i < 50; i += 1) datagram(lab, 1000 + i, 53)
  datagram(lab, 2000)
  lab.wait(15_000)
  expect(lab.open).toBe(1)
  lab.wait(120_000)
  expect(lab.open).toBe(0)
  expect(lab.stack.datagrams.nat.counters).toMatchObject({ opened: 51, expired: 51, evicted: 0 })
})

test('clients of a mapped UDP port beyond the limit evict the least recently used', () => {
  const lab = new Lab()
  const gone: number[] = []
  lab.act(({ datagrams }) => {
    for (let i = 0; i < 8200; i += 1) {
      datagrams.openClient(guestAddress, 7000, { answer: () => {}, onGone: () => gone.push(i) })
    }
  })
  const { inbound } = lab.stack.datagrams
  expect(inbound.counters).toMatchObject({ opened: 8200, evicted: 8 })
  expect(gone).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  lab.wait(200_000)
  expect([inbound.size, inbound.counters.expired]).toEqual([0, 8192])
})

const pieceBytes = 16_384

/** Sends full segments from any offset of a flow: one frame, with a changed sequence number. */
function sender(c: LabConnection): (seq: number) => void {
  const { guestPort } = c.host.connection!
  const frame = tcpFrame(
    network.address,
    flow.address,
    { ...flow, guestPort },
    {
      flags: 'A',
      ack: (c.isn + 1) | 0,
      payload: new Uint8Array(pieceBytes),
    },
  )
  const view = new DataView(frame.buffer)
  return (seq) => {
    view.setInt32(38, (c.guestIsn + 1 + seq) | 0)
    c.lab.arrive(summed(frame))
  }
}

/** Connections whose hosts discard the data. */
function manyFlows(lab: Lab, count: number): LabConnection[] {
  return Array.from({ length: count }, (_, i) => {
    const c = new LabConnection(lab, undefined, { guestPort: 1000 + i })
    c.host.write = () => {}
    return c
  })
}

test('out-of-order data is held up to a total limit, beyond which it must be retransmitted', () => {
  const lab = new Lab()
  const { totalEarlyBytes, receiveBytes } = tcpDefaults
  const flows = manyFlows(lab, 200)
  for (const c of flows) {
    const send = sender(c)
    for (let seq = 1; seq + pieceBytes < receiveBytes; seq += pieceBytes) send(seq)
    lab.frames.length = 0
  }
  const held = () => flows.reduce((sum, { host }) => sum + host.connection!.reassembly.bytes, 0)
  expect(held()).toBeGreaterThan(0.9 * totalEarlyBytes)
  expect(held()).toBeLessThanOrEqual(totalEarlyBytes)
  const last = flows.at(-1)!
  expect(last.host.connection!.reassembly.bytes).toBe(0)
  // Filling a gap releases memory for others, and so does closing a connection.
  flows[0]!.send({ flags: 'A', seq: 0, ack: 0, payload: 'x' })
  sender(last)(1)
  expect(last.host.connection!.reassembly.bytes).toBe(pieceBytes)
  lab.act(({ tcp }) => tcp.abortAll(() => true))
  lab.frames.length = 0
  for (const c of manyFlows(lab, 100)) {
    const send = sender(c)
    for (let seq = 1; seq + pieceBytes < receiveBytes; seq += pieceBytes) send(seq)
    expect(c.host.connection!.reassembly.bytes).toBeGreaterThan(receiveBytes - 2 * pieceBytes)
    lab.frames.length = 0
  }
})

test('a thousand connections each have the largest window; more connections share the total', () => {
  const lab = new Lab()
  const { receiveBytes, totalReceiveBytes } = tcpDefaults
  const windows = manyFlows(lab, 3000).map(({ host }) =>
    distance(host.connection!.receiveNext, host.connection!.receiveEdge),
  )
  expect(new Set(windows.slice(0, 1000))).toEqual(new Set([receiveBytes]))
  expect(windows.at(-1)).toBe(Math.floor(totalReceiveBytes / 3000))
})

test('connections of a guest without a link end after two hours, and release their memory', () => {
  const lab = new Lab()
  const idle = new LabConnection(lab)
  const busy = new LabConnection(lab, undefined, { guestPort: 1000 })
  busy.hostSends('on its way')
  lab.detach()
  busy.hostSends('and more')
  busy.hostEnds()
  lab.wait(7_100_000)
  expect([idle.host.isReset, busy.host.isReset]).toEqual([false, false])
  lab.wait(200_000)
  expect([idle.host.isReset, busy.host.isReset]).toEqual([true, true])
  expect([lab.stack.tcp.size, lab.stack.tcp.bufferedBytes]).toEqual([0, 0])
})
