import { expect, test } from 'vitest'
import { hostRoutes, parseRouteTable } from '../../src/host/routes.ts'

test('the kernel table gives networks, without the default route', () => {
  const text = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'tun0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    '',
  ].join('\n')
  expect(parseRouteTable(text)).toEqual([
    { network: '10.0.2.0/24', interface: 'eth0' },
    { network: '192.168.0.0/16', interface: 'tun0' },
  ])
})

test('loopback is never among the networks of the host', async () => {
  for (const { network } of await hostRoutes()) expect(network).toMatch(/^(?!127\.)[\d.]+\/\d+$/)
})
