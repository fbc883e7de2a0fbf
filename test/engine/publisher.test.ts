/** Ports of a listing, with a scripted engine. */
import { expect, test, vi } from 'vitest'
import type { EngineClient } from '../../src/engine/client.ts'
import { type AskedPort, isForwarded } from '../../src/engine/published.ts'
import { Publisher } from '../../src/engine/publisher.ts'
import type { ContainerPort } from '../../src/engine/replies.ts'

const sctp = (port: number): ContainerPort => ({
  ...{ IP: '0.0.0.0', PublicPort: port, PrivatePort: 80 },
  Type: 'sctp',
})
const service = (Protocol: string, PublishedPort: number) => ({
  Endpoint: { Ports: [{ Protocol, PublishedPort, PublishMode: 'ingress' }] },
})

test('SCTP ports of containers and services that dockerd does not request are reported', async () => {
  const networks = { bridge: { IPAddress: '172.17.0.2' } }
  let containers = [{ Id: 'c', Names: ['/c'], Ports: [sctp(9005)], NetworkSettings: { Networks: networks } }]
  const engine = {
    containers: async () => containers,
    networks: async () => [],
    services: async () => [service('sctp', 9001), service('tcp', 9002)],
  }
  let ports: readonly AskedPort[] = []
  const publisher = new Publisher(engine as unknown as EngineClient, {
    asks: () => false,
    came: () => {},
    setPorts: async (listed) => {
      ports = listed
    },
    warn: (message) => expect.fail(message),
  })
  publisher.engineCame()
  await vi.waitFor(() => expect(publisher.sctpPorts).toEqual([9001, 9005]))
  expect(ports.filter(isForwarded).map(({ port }) => port)).toEqual([9002])
  containers = []
  publisher.refresh()
  await vi.waitFor(() => expect(publisher.sctpPorts).toEqual([9001]))
  publisher.stop()
})
