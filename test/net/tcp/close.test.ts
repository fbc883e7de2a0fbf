import { expect, test } from 'vitest'
import { flow, flow6, ipv6, Lab, network } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'
import { type SegmentText, tcpFrame } from '../../support/net/segments.ts'

test('when the guest closes first, the host can still send, and then the connection is removed', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.send({ flags: 'FA', ack: 0, payload: 'question' })
  expect(c.host.isEnded).toBe(true)
  c.take()
  c.hostSends('answer')
  expect(c.takeTexts()).toEqual(['PA 0 ack 9 "answer"'])
  c.hostEnds()
  c.send({ flags: 'A', seq: 9, ack: 6 })
  c.send({ flags: 'A', seq: 9, ack: 7 })
  expect(lab.stack.tcp.size).toBe(0)
})

test('when the host closes first, the guest can still send, and TIME-WAIT follows', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.hostEnds()
  expect(c.takeTexts()).toEqual(['FA 0 ack 0'])
  c.send({ flags: 'A', ack: 1, payload: 'more' })
  expect(c.hostText).toBe('more')
  c.send({ flags: 'FA', seq: 4, ack: 1 })
  expect(c.host.isEnded).toBe(true)
  expect([...lab.stack.tcp.connections()]).toHaveLength(1)
  c.take()
  c.send({ flags: 'FA', seq: 4, ack: 1 })
  expect(c.takeTexts()).toEqual(['A 1 ack 5'])
  lab.wait(31_000)
  expect(lab.stack.tcp.size).toBe(0)
})

test('on a simultaneous close, both FINs are acknowledged', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.hostEnds()
  c.take()
  c.send({ flags: 'FA', seq: 0, ack: 0 })
  expect(c.takeTexts()).toEqual(['A 1 ack 1'])
  c.send({ flags: 'A', seq: 1, ack: 1 })
  lab.wait(31_000)
  expect(lab.stack.tcp.size).toBe(0)
})

test('a newer SYN in TIME-WAIT opens a new connection', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.hostEnds()
  c.send({ flags: 'FA', seq: 0, ack: 1 })
  c.take()
  c.send({ flags: 'S', seq: 100_000, mss: 1460 })
  expect(lab.dials).toHaveLength(2)
})

test('a lost FIN is retransmitted', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.hostEnds()
  c.take()
  lab.wait(2000)
  expect(c.takeTexts()).toContain('FA 0 ack 0')
})

test('only a valid reset by the guest resets the host', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.send({ flags: 'R', seq: 1000 })
  expect(c.host.isReset).toBe(false)
  expect(c.takeTexts()).toEqual(['A 0 ack 0'])
  c.send({ flags: 'R', seq: 90_000_000 })
  expect(c.host.isReset).toBe(false)
  expect(c.take()).toEqual([])
  c.send({ flags: 'R', seq: 0 })
  expect(c.host.isReset).toBe(true)
  expect(lab.stack.tcp.size).toBe(0)
})

test('a SYN within a connection gets a rate-limited challenge ACK (RFC 5961)', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  for (let i = 0; i < 50; i += 1) c.send({ flags: 'S', seq: 10 })
  expect(c.takeTexts()).toEqual(['A 0 ack 0'])
  expect(lab.stack.tcp.size).toBe(1)
})

test('an ACK of unsent data gets a challenge ACK, and its data is dropped', () => {
  const c = new LabConnection(new Lab())
  c.send({ flags: 'A', ack: 1_000_000, payload: 'forged' })
  expect(c.hostText).toBe('')
  expect(c.takeTexts()).toEqual(['A 0 ack 0'])
})

test('data that the host sent before its reset still reaches the guest', () => {
  const lab = new Lab()
  const c = new LabConnection(lab)
  c.hostSends('bye')
  lab.act((stack) => stack.tcp.hostReset(c.host.connection!))
  expect(c.takeTexts()).toEqual(['PA 0 ack 0 "bye"'])
  c.send({ flags: 'A', ack: 3 })
  expect(c.take()).toMatchObject([{ flags: 'RA', seq: 3 }])
  expect(lab.stack.tcp.size).toBe(0)
})

test.each([4, 6] as const)(
  'idle connections get a keepalive when the guest’s link reconnects (IPv%i)',
  (family) => {
    const lab = new Lab()
    const [own, to] = family === 4 ? [network.address, flow] : [ipv6.address, flow6]
    const send = (segment: SegmentText, ports = to) =>
      lab.arrive(tcpFrame(own, ports.address, ports, segment))
    const other = { ...to, guestPort: 50_000 }
    const [first, second] = [to, other].map((ports) => {
      send({ flags: 'S', seq: 100, mss: 1400 }, ports)
      const host = lab.dials.at(-1)!
      lab.act((stack) => stack.tcp.hostConnected(host.connection!))
      const ack = (lab.takeSegments()[0]!.seq + 1) | 0
      send({ flags: 'A', seq: 101, ack }, ports)
      return { host, ack }
    })
    lab.detach()
    lab.attach()
    lab.takeFrames()
    // Any packet shows that the guest has reconnected.
    send({ flags: 'R' }, { ...to, guestPort: 1 })
    const probes = lab.takeSegments().filter(({ flags }) => flags === 'A')
    expect(probes.map(({ seq }) => seq).sort()).toEqual([first!.ack - 1, second!.ack - 1].sort())
    send({ flags: 'A', seq: 101, ack: first!.ack })
    send({ flags: 'R', seq: 101 }, other)
    expect([first!.host.isReset, second!.host.isReset]).toEqual([false, true])
  },
)
