/**
 * Regression tests for bugs of other implementations. Bugs with tests in other files:
 *
 *   a UDP socket per DNS query exhausted descriptors     host/gateway/host-dns.test.ts "a thousand queries use few …",
 *                                                        bounds.test.ts "without descriptors a new UDP flow …"
 *   half-close lost the response                         tcp/close.test.ts, linux/exchange.test.ts
 *   a FIN behind a zero window was never sent            tcp/transmit.test.ts "the FIN of the host stream is sent …"
 *   memory grew without limit                            bounds.test.ts, fuzz.test.ts, linux/resources.test.ts
 *   a clock that stops or jumps                          storage/timer-wheel.test.ts
 *   dead destinations, with real sockets                 linux/outside.test.ts
 */
import { expect, test } from 'vitest'
import { tcpDefaults } from '../../src/net/tcp/context.ts'
import type { FakeHost } from '../support/net/fake-host.ts'
import { flow, Lab, network } from '../support/net/lab.ts'
import { LabConnection } from '../support/net/lab-connection.ts'
import { ipv4Frame, tcpPacket } from '../support/net/segments.ts'

function dial(lab: Lab, address: string, guestPort: number): FakeHost | undefined {
  const packet = tcpPacket(
    network.address,
    address,
    { guestPort, port: 80 },
    { flags: 'S', seq: 1, mss: 1460 },
  )
  const before = lab.dials.length
  lab.arrive(ipv4Frame(6, network.address, address, packet))
  return lab.dials[before]
}

test('a thousand and ten dead destinations block no other dial', () => {
  const lab = new Lab()
  for (let i = 0; i < 1010; i += 1) dial(lab, `10.3.${i >> 8}.${i & 255}`, 1000)
  lab.wait(60_000)
  const good = dial(lab, '10.1.2.3', 5000)
  lab.act((stack) => stack.tcp.hostConnected(good!.connection!))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'SA' }])
})

/** Two flows of one guest. */
function twoFlows(): { lab: Lab; stalled: LabConnection; other: LabConnection } {
  const lab = new Lab()
  const stalled = new LabConnection(lab)
  const other = new LabConnection(lab, undefined, { guestPort: flow.guestPort + 1 })
  return { lab, stalled, other }
}

test('a host that does not read stalls only its own flow', () => {
  const { lab, stalled, other } = twoFlows()
  stalled.host.queuedBytes = tcpDefaults.receiveBytes
  for (let i = 0; i < 40; i += 1)
    stalled.send({ flags: 'A', seq: i * 1000, ack: 0, payload: 'x'.repeat(1000) })
  for (let i = 0; i < 40; i += 1) other.send({ flags: 'A', seq: i * 1000, ack: 0, payload: 'y'.repeat(1000) })
  expect(other.hostText).toHaveLength(40_000)
  lab.wait(10_000)
  other.send({ flags: 'PA', seq: 40_000, ack: 0, payload: 'still here' })
  expect(other.hostText.endsWith('still here')).toBe(true)
})

test('a guest that does not acknowledge stalls only its own flow', () => {
  const { lab, stalled, other } = twoFlows()
  for (let i = 0; i < 20; i += 1) stalled.hostSends('x'.repeat(100_000))
  other.hostSends('an answer')
  expect(other.takeTexts().join()).toContain('an answer')
  lab.wait(5000)
  other.send({ flags: 'A', ack: 9 })
  lab.takeFrames()
  other.hostSends('and another')
  expect(other.takeTexts().join()).toContain('and another')
})

test('after a night of suspend a few iterations run all due timers, and flows continue', () => {
  const lab = new Lab()
  const flows = Array.from(
    { length: 200 },
    (_, i) => new LabConnection(lab, undefined, { guestPort: 10_000 + i }),
  )
  for (const c of flows) c.hostSends('unacknowledged')
  for (let i = 0; i < 100; i += 1) dial(lab, '10.1.1.1', 20_000 + i)
  lab.takeFrames()
  lab.nowMs += 12 * 3_600_000
  let turns = 0
  const until = lab.nowMs + 100
  for (let next = lab.stack.nextMs; next !== undefined && next <= until; next = lab.stack.nextMs) {
    lab.nowMs = Math.max(lab.nowMs, next)
    lab.act((stack) => stack.advance())
    turns += 1
  }
  expect(turns).toBeLessThan(20)
  const [first] = flows
  lab.takeFrames()
  first!.send({ flags: 'A', ack: 14 })
  first!.hostSends('awake')
  expect(first!.takeTexts().join()).toContain('awake')
})

test('data for guests that do not acknowledge is bounded in total, for any number of flows', () => {
  const lab = new Lab()
  const chunk = 'x'.repeat(64 * 1024)
  for (let i = 0; i < 600; i += 1) {
    const c = new LabConnection(lab, undefined, { guestPort: 1000 + i })
    for (let sent = 0; c.host.isReading && sent < 2 << 20; sent += chunk.length) c.hostSends(chunk)
    lab.frames.length = 0
  }
  const { totalSendBytes, sendBytes } = tcpDefaults
  expect(lab.stack.tcp.bufferedBytes).toBeLessThan(totalSendBytes + 2 * sendBytes + 600 * (sendBytes >> 3))
  expect(lab.stack.tcp.bufferedBytes).toBeGreaterThan(totalSendBytes / 2)
})

test('connections of an earlier forwarder are reset, so that programs in the guest reconnect', () => {
  const lab = new Lab()
  const packet = tcpPacket(network.address, flow.address, flow, {
    flags: 'PA',
    seq: 77,
    ack: 99,
    payload: 'hello?',
  })
  lab.arrive(ipv4Frame(6, network.address, flow.address, packet))
  expect(lab.takeSegments()).toMatchObject([{ flags: 'R', seq: 99 }])
})

test('a good dial among ten thousand to a dead destination starts in the same burst', () => {
  const lab = new Lab()
  lab.msPerDial = 0.03
  const syn = (address: string, guestPort: number) => {
    const packet = tcpPacket(
      network.address,
      address,
      { guestPort, port: 80 },
      { flags: 'S', seq: 1, mss: 1460 },
    )
    return ipv4Frame(6, network.address, address, packet)
  }
  lab.arrive(...Array.from({ length: 10_000 }, (_, i) => syn('10.1.1.1', 1000 + i)), syn('10.1.2.3', 999))
  expect(lab.dials.length).toBeLessThan(100)
  expect(lab.dials.map(({ connection }) => connection!.guestPort)).toContain(999)
  // The other dials start in turn, and aborted ones are skipped.
  lab.act((stack) => stack.tcp.abortAll(({ guestPort }) => guestPort % 2 === 0))
  for (let turns = 0; lab.stack.nextMs !== undefined && turns < 1000; turns += 1) lab.wait(1)
  expect(lab.dials.length).toBeGreaterThanOrEqual(5001)
  expect(lab.dials.length).toBeLessThan(5100)
})
