/** The text of a flow in all tables. */
import { expect, test } from 'vitest'
import { endCells, flowCells, timeCells } from '../src/flow-cells.ts'

const flow = {
  protocol: 'udp',
  guest: '192.168.65.3:40000',
  from: 'guest',
  remote: '10.0.0.1:53',
  remotes: 3,
  state: 'ASSURED',
  bytesFromGuest: 1_000,
  bytesToGuest: 500,
  rttMs: null,
  idleMs: 1_240,
  container: null,
  sentPerSecond: 0,
  receivedPerSecond: 1_500,
} as const

test('the name of a remote address stands before it, and a socket of many remotes has none', () => {
  const named = { ...flow, remoteName: 'web.test' }
  expect(flowCells({ ...named, remotes: 1 }, '-')[4]).toBe('web.test 10.0.0.1:53')
  expect(flowCells(named, '-')[4]).toBe('10.0.0.1:53 +2')
})

test('zero and unknown values are the placeholder of their table', () => {
  expect(flowCells(flow, '-')).toEqual([
    ...['udp', '-', '192.168.65.3:40000', '→', '10.0.0.1:53 +2', 'ASSURED'],
    ...['-', '1.5 kB/s', '1.5 kB', '-', '1.2 s'],
  ])
  expect(flowCells(flow, '–').filter((cell) => cell === '–')).toHaveLength(3)
})

test('a connection that the host opened points at the guest', () => {
  expect(endCells({ ...flow, from: 'host', remotes: 1 })).toEqual([
    '192.168.65.3:40000',
    '←',
    '10.0.0.1:53',
    'ASSURED',
  ])
  expect(timeCells({ ...flow, rttMs: 0.3, idleMs: 0 }, '')).toEqual(['0.3 ms', '0.0 s'])
})
