import { expect, test } from 'vitest'
import { liveOf } from '../../../src/cli/live/live.ts'
import { FlowRates } from '../../../src/cli/live/rates.ts'
import type { FlowView } from '../../../src/net/flows.ts'
import { aContainer, aFlow, aSample, someFacts } from '../../support/cli/live-sample.ts'

const rated = (before: readonly FlowView[], after: readonly FlowView[], ms = 2000): unknown => {
  const rates = new FlowRates()
  rates.update(before, 500)
  return rates.update(after, 500 + ms).map((flow) => [flow.sentPerSecond, flow.receivedPerSecond])
}

test.each([
  [
    'counts what came since the sample before',
    [aFlow],
    [{ ...aFlow, bytesFromGuest: 200, bytesToGuest: 4000 }],
    [[100, 2000]],
  ],
  ['counts all of a flow that is new', [], [{ ...aFlow, bytesToGuest: 1000 }], [[0, 500]]],
  [
    'counts all of a flow that took over the ports of another',
    [{ ...aFlow, bytesToGuest: 9000 }],
    [{ ...aFlow, bytesToGuest: 10 }],
    [[0, 5]],
  ],
  [
    'knows a UDP socket again that sends to someone else',
    [{ ...aFlow, protocol: 'udp', bytesFromGuest: 100 }],
    [{ ...aFlow, protocol: 'udp', bytesFromGuest: 300, remote: '9.9.9.9:53' }],
    [[100, 0]],
  ],
] as [string, FlowView[], FlowView[], number[][]][])(
  'the rate of a flow %s',
  (_what, before, after, rates) => {
    expect(rated(before, after)).toEqual(rates)
  },
)

test('the first sample has no rates, and neither have two of one moment', () => {
  const flow = { ...aFlow, bytesToGuest: 1_000_000 }
  expect(new FlowRates().update([flow], 5)[0]?.receivedPerSecond).toBe(0)
  expect(rated([aFlow], [flow], 0)).toEqual([[0, 0]])
})

test('a flow belongs to the container that has the address of its guest end, whose rates are the sums of its flows', () => {
  const rates = new FlowRates()
  const flows = [
    { ...aFlow, from: 'host', guest: '172.17.0.2:80', remote: '192.168.65.1:5000' },
    { ...aFlow, from: 'host', guest: '172.17.0.2:80', remote: '192.168.65.1:5001' },
    aFlow,
  ] as const
  const containers = [aContainer('web', '172.17.0.2'), aContainer('db', '172.17.0.3')]
  liveOf(aSample({ flows, containers }), rates)
  const after = flows.map((flow) => ({ ...flow, bytesFromGuest: 100, bytesToGuest: 10 }))
  const live = liveOf(aSample({ flows: after, containers, atMs: 1000 }), rates)
  expect(live.flows.map(({ container }) => container)).toEqual(['web', 'web', null])
  expect(live.containers).toEqual([
    {
      name: 'web',
      addresses: ['172.17.0.2'],
      ports: ['8080→80/tcp'],
      flows: 2,
      sentPerSecond: 200,
      receivedPerSecond: 20,
    },
    {
      name: 'db',
      addresses: ['172.17.0.3'],
      ports: ['8080→80/tcp'],
      flows: 0,
      sentPerSecond: 0,
      receivedPerSecond: 0,
    },
  ])
  expect([live.sentPerSecond, live.receivedPerSecond]).toEqual([300, 30])
})

test('a container without a name has the beginning of its id, and an engine that is down its reason', () => {
  const nameless = { ...aContainer('x', ''), Id: '0123456789abcdef', Names: [], NetworkSettings: null }
  const facts = { ...someFacts, engine: { state: 'down', reason: 'no answer' } } as const
  const live = liveOf(aSample({ facts, containers: [nameless] }), new FlowRates())
  expect(live.containers[0]).toMatchObject({ name: '0123456789ab', addresses: [] })
  expect(live).toMatchObject({ engine: null, engineReason: 'no answer', vm: 'running', accelerator: 'tcg' })
})

test('the channel of docker.sock is not listed as a flow of a guest, since each look opens one there', () => {
  const own = { ...aFlow, from: 'host', guest: '169.254.65.3:2375' } as const
  expect(liveOf(aSample({ flows: [own, aFlow] }), new FlowRates()).flows.map(({ guest }) => guest)).toEqual([
    aFlow.guest,
  ])
})

test('a flow that left by NAT belongs to the container that opened it', () => {
  const containers = [aContainer('web', '172.17.0.2')]
  const translated = new Map([[`tcp ${aFlow.guest} ${aFlow.remote}`, '172.17.0.2']])
  const live = liveOf(aSample({ flows: [aFlow], containers }), new FlowRates(), translated)
  expect([live.flows[0]?.container, live.containers[0]?.flows]).toEqual(['web', 1])
})
