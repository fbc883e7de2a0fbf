import { expect, test } from 'vitest'
import { listedMappings, portsOfContainers, portsOfServices } from '../../src/engine/published.ts'
import type { ContainerPort, ContainerSummary } from '../../src/engine/replies.ts'

const rules = { bind: '127.0.0.1', guestAddress: '192.168.65.3', hasIpv6: false, routesIpv6: true }

function container(...ports: ContainerPort[]): ContainerSummary {
  return {
    Id: 'c',
    Names: ['/c'],
    Ports: ports,
    NetworkSettings: { Networks: { bridge: { IPAddress: '172.17.0.2' } } },
  }
}
const networks = [{ Name: 'bridge', IPAM: { Config: [{ Subnet: '172.17.0.0/16' }] } }]
const shown = (...ports: ContainerPort[]): string[] =>
  listedMappings(portsOfContainers([container(...ports)], networks), rules).map(
    ({ id, guest }) => `${id} → ${guest.address}:${guest.port}`,
  )

test('a port on all addresses of the VM appears on the address for published ports', () => {
  for (const IP of ['0.0.0.0', '::'])
    expect(shown({ IP, PrivatePort: 80, PublicPort: 8080, Type: 'tcp' })).toEqual([
      'tcp/127.0.0.1:8080 → 172.17.0.2:80',
    ])
})

test('a port on a loopback address of the VM leads to the container itself', () => {
  expect(shown({ IP: '127.0.0.1', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' })).toEqual([
    'tcp/127.0.0.1:8080 → 172.17.0.2:80',
  ])
})

test.each([
  ['of another network of the host', '10.1.2.3', '10.1.2.3'],
  ['of eth0', '192.168.65.3', '127.0.0.1'],
  ['of a bridge', '172.17.0.1', '127.0.0.1'],
])('a listed port on an address %s listens where a requested one does', (_, IP, listen) => {
  expect(shown({ IP, PrivatePort: 80, PublicPort: 8080, Type: 'tcp' })).toEqual([
    `tcp/${listen}:8080 → 172.17.0.2:80`,
  ])
})

test('UDP is published, exposed ports and SCTP are not', () => {
  expect(
    shown(
      { IP: '0.0.0.0', PrivatePort: 53, PublicPort: 5353, Type: 'udp' },
      { PrivatePort: 81, Type: 'tcp' },
      { IP: '0.0.0.0', PrivatePort: 1, PublicPort: 1, Type: 'sctp' },
    ),
  ).toEqual(['udp/127.0.0.1:5353 → 172.17.0.2:53'])
})

test('a port of a swarm service leads to the VM, which every node of a swarm answers for', () => {
  const Ports = [
    { Protocol: 'tcp', PublishedPort: 8080, PublishMode: 'ingress' },
    { Protocol: 'tcp', PublishedPort: 8081, PublishMode: 'host' },
  ]
  expect(listedMappings(portsOfServices([{ Endpoint: { Ports } }]), rules)).toMatchObject([
    { id: 'tcp/127.0.0.1:8080', guest: { address: '192.168.65.3', port: 8080 } },
  ])
})

test('a container is where its network with a way out has it', () => {
  const addresses = { a_back: { IPAddress: '172.18.0.2' }, z_front: { IPAddress: '172.19.0.2' } }
  const one = {
    ...container({ IP: '127.0.0.1', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' }),
    NetworkSettings: { Networks: addresses },
  }
  expect(portsOfContainers([one], [{ Name: 'a_back', Internal: true }])).toMatchObject([
    { container: { address: '172.19.0.2' } },
  ])
})
