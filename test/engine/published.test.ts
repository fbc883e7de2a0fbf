import { expect, test } from 'vitest'
import type { ContainerPort, ContainerSummary } from '../../src/engine/client.ts'
import { publishedMappings } from '../../src/engine/published.ts'

const rules = { bind: '127.0.0.1', guestAddress: '192.168.65.3' }

function container(...ports: ContainerPort[]): ContainerSummary {
  return {
    Id: 'c',
    Names: ['/c'],
    Ports: ports,
    NetworkSettings: { Networks: { bridge: { IPAddress: '172.17.0.2' } } },
  }
}
const shown = (...ports: ContainerPort[]): string[] =>
  publishedMappings([container(...ports)], rules).map(
    ({ id, guest }) => `${id} → ${guest.address}:${guest.port}`,
  )

test('a port on all addresses of the VM appears once, on the address for published ports', () => {
  expect(
    shown(
      { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
      { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    ),
  ).toEqual(['tcp/127.0.0.1:8080 → 192.168.65.3:8080'])
})

test('a port on a loopback address of the VM leads to the container itself', () => {
  expect(shown({ IP: '127.0.0.1', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' })).toEqual([
    'tcp/127.0.0.1:8080 → 172.17.0.2:80',
  ])
})

test('UDP is published, exposed ports and SCTP are not', () => {
  expect(
    shown(
      { IP: '0.0.0.0', PrivatePort: 53, PublicPort: 5353, Type: 'udp' },
      { PrivatePort: 81, Type: 'tcp' },
      { IP: '0.0.0.0', PrivatePort: 1, PublicPort: 1, Type: 'sctp' },
    ),
  ).toEqual(['udp/127.0.0.1:5353 → 192.168.65.3:5353'])
})
