/** Flows and samples for tests of what shows them. */
import type { Sample } from '../../../src/cli/live/sample.ts'
import type { ContainerSummary } from '../../../src/engine/replies.ts'
import type { FlowView } from '../../../src/net/flows.ts'
import type { SupervisorFacts } from '../../../src/supervisor/api/api.ts'

export const aFlow: FlowView = {
  protocol: 'tcp',
  guest: '192.168.65.3:40000',
  remote: '203.0.113.7:443',
  remotes: 1,
  from: 'guest',
  state: 'ESTABLISHED',
  bytesFromGuest: 0,
  bytesToGuest: 0,
  retransmissions: 0,
  rttMs: 1.5,
  idleMs: 0,
}

export const aContainer = (name: string, address: string): ContainerSummary => ({
  Id: `${name}-0123456789abcdef`,
  Names: [`/${name}`],
  Ports: [
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { PrivatePort: 9000, Type: 'tcp' },
  ],
  NetworkSettings: { Networks: { bridge: { IPAddress: address } } },
})

export const someFacts: SupervisorFacts = {
  apiVersion: 1,
  toolVersion: '0.1.0',
  pid: 1,
  startedAt: '2026-01-01T00:00:00.000Z',
  bootId: 'b',
  rssBytes: 1,
  vm: {
    state: 'running',
    pid: 2,
    startedAt: '2026-01-01T00:00:00.000Z',
    accelerator: 'tcg',
    hashes: { image: 'i', metadata: 'm', argv: 'a' },
    linkUp: true,
    agentUp: true,
  },
  network: undefined,
  dns: undefined,
  egress: undefined,
  ports: [],
  publish: undefined,
  engineSocket: undefined,
  engine: { state: 'up', apiVersion: '1.43', version: '26.1.5', info: {}, running: [], networks: [] },
}

export const aSample = (over: Partial<Sample> = {}): Sample => ({
  facts: someFacts,
  flows: [],
  containers: [],
  atMs: 0,
  ...over,
})
