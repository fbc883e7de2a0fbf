/** The container that each name resolves to. */
import { expect, test } from 'vitest'
import type { ContainerSummary } from '../../src/engine/replies.ts'
import { parseReply } from '../../src/engine/replies.ts'
import { dnsName, routesOf } from '../../src/names/routes.ts'

function container(name: string, address: string, more: Partial<ContainerSummary> = {}): ContainerSummary {
  return {
    Id: `id-of-${name}`,
    Names: [`/${name}`],
    Ports: [],
    NetworkSettings: { Networks: { bridge: { IPAddress: address } } },
    ...more,
  }
}

const tcp = (...ports: number[]): ContainerSummary['Ports'] =>
  ports.map((PrivatePort) => ({ PrivatePort, Type: 'tcp' }))

const routes = (...containers: ContainerSummary[]): Record<string, string> => {
  const networks = [{ Name: 'inner', Internal: true }]
  const found = routesOf({ containers, networks }, '192.168.65.3')
  return Object.fromEntries([...found].map(([name, { address, port }]) => [name, `${address}:${port}`]))
}

test('a container has its name, its compose service, and every name of its label', () => {
  const Labels = { host: 'shop, api.shop', service: 'web', project: 'acme' }
  expect(routes(container('acme-web-1', '172.18.0.2', { Labels }))).toEqual({
    shop: '172.18.0.2:80',
    'api.shop': '172.18.0.2:80',
    'acme-web-1': '172.18.0.2:80',
    'web.acme': '172.18.0.2:80',
  })
})

test('the port is that of the label, else 80 where it is exposed, else the lowest exposed', () => {
  expect(
    routes(
      container('a', '172.17.0.2', { Ports: tcp(9000, 3000), Labels: { port: '9000' } }),
      container('b', '172.17.0.3', { Ports: tcp(3000, 80, 22) }),
      container('c', '172.17.0.4', { Ports: [{ PrivatePort: 53, Type: 'udp' }, ...tcp(8080, 5000)] }),
      container('d', '172.17.0.5', { Labels: { port: 'http' } }),
    ),
  ).toEqual({ a: '172.17.0.2:9000', b: '172.17.0.3:80', c: '172.17.0.4:5000', d: '172.17.0.5:80' })
})

test('a label wins over the name of another container, and of two services of one name the first stays', () => {
  const service = { service: 'web', project: 'acme' }
  expect(
    routes(
      container('acme-web-2', '172.18.0.3', { Labels: service }),
      container('acme-web-1', '172.18.0.2', { Labels: service }),
      container('web', '172.17.0.2'),
      container('z', '172.17.0.9', { Labels: { host: 'web' } }),
    ),
  ).toMatchObject({ web: '172.17.0.9:80', 'web.acme': '172.18.0.2:80' })
})

test('a container on the network of the host is at the address of the VM; one without a way out has no name', () => {
  const on = (network: string, IPAddress: string): Partial<ContainerSummary> => ({
    NetworkSettings: { Networks: { [network]: { IPAddress } } },
  })
  expect(
    routes(
      container('plain', '', on('host', '')),
      container('sealed', '', on('inner', '172.20.0.2')),
      container('none', '', on('none', '')),
    ),
  ).toEqual({ plain: '192.168.65.3:80' })
})

test.each([
  ['My_Web', 'my-web'],
  ['a.b', 'a.b'],
  ['-web', undefined],
  ['web..b', undefined],
  ['wéb', undefined],
  ['a/b', undefined],
  [`${'x'.repeat(64)}`, undefined],
  ['', undefined],
])('%j is the name %j', (text, name) => {
  expect(dnsName(text)).toBe(name)
})

test('labels that no route needs are dropped from a reply, however long or strange they are', () => {
  const Labels = { 'desktop.host': 'web', 'desktop.port': 7, other: 'x'.repeat(100_000), odd: null }
  const reply = JSON.stringify([{ Id: 'a', Names: ['/a'], Ports: [], Labels }])
  expect(parseReply('/containers/json', reply)).toMatchObject([{ Labels: { host: 'web' } }])
  expect(parseReply('/containers/json', '[{"Id":"a","Names":null,"Ports":null}]')).toHaveLength(1)
})
