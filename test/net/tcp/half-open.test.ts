/** Half-open connections are limited, in total and per link. */
import { expect, test } from 'vitest'
import { tcpDefaults } from '../../../src/net/tcp/context.ts'
import { Lab } from '../../support/net/lab.ts'
import { LabConnection } from '../../support/net/lab-connection.ts'
import { guestDials } from '../../support/net/openings.ts'

function halfOpen(lab: Lab, count: number): void {
  for (let i = 0; i < count; i += 1) {
    guestDials(lab, '10.3.3.3', 2000 + i)
    lab.act((stack) => stack.tcp.hostConnected(lab.dials.at(-1)!.connection!))
  }
}

test('unacknowledged connections evict the oldest, and close its host socket', () => {
  const lab = new Lab()
  const { maxHalfOpen: most } = tcpDefaults
  halfOpen(lab, most + 10)
  expect(lab.stack.tcp.size).toBe(most)
  expect(lab.stack.tcp.counters.halfOpenEvicted).toBe(10)
  expect(lab.dials.map(({ isReset }) => isReset)).toEqual(lab.dials.map((_, i) => i < 10))
})

test('a guest can open thousands at once, but keeps only its share if it does not acknowledge', () => {
  const lab = new Lab()
  const { maxHalfOpenPerLink: share } = tcpDefaults
  halfOpen(lab, 3 * share)
  // SYN-ACKs are retransmitted after one and three seconds (RFC 6298 sections 2.1 and 5.5).
  lab.wait(2_000)
  expect(lab.stack.tcp.size).toBe(3 * share)
  lab.wait(2_000)
  expect(lab.stack.tcp.size).toBe(share)
  expect(lab.dials.filter(({ isReset }) => isReset)).toHaveLength(2 * share)
  expect(lab.stack.tcp.counters.halfOpenEvicted).toBe(2 * share)
})

test('an acknowledged connection is never evicted by unacknowledged ones', () => {
  const lab = new Lab()
  const connection = new LabConnection(lab)
  halfOpen(lab, tcpDefaults.maxHalfOpen + 10)
  lab.wait(2_000)
  expect(connection.host.isReset).toBe(false)
})
