import { expect, test } from 'vitest'
import { hostRoutes, parseRouteTable, parseRouteTable6 } from '../../src/host/routes.ts'

test('the kernel table gives networks, without default routes and the halves that VPNs split them into', () => {
  const text = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0102000A\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t0002000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
    'tun0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'tun0\t00000000\t0102000A\t0003\t0\t0\t0\t00000080\t0\t0\t0',
    'tun0\t00000080\t0102000A\t0003\t0\t0\t0\t00000080\t0\t0\t0',
    '',
  ].join('\n')
  expect(parseRouteTable(text)).toEqual([
    { network: '10.0.2.0/24', interface: 'eth0' },
    { network: '192.168.0.0/16', interface: 'tun0' },
  ])
})

test("the kernel's table of IPv6 gives networks, without defaults, own addresses and those that lead nowhere", () => {
  const none = '0'.repeat(32)
  const line = (destination: string, bits: string, flags: string, name: string) =>
    `${destination.padEnd(32, '0')} ${bits} ${none} 00 ${none} 00000100 00000002 00000000 ${flags}     ${name}`
  const text = [
    line('fd123456789a', '40', '00000001', 'eth0'),
    line('fd12', '10', '00000003', 'tun0'),
    line('20010db8', '80', '00000005', 'tun0'),
    line('', '00', '00000003', 'eth0'),
    line('', '00', '00200200', 'lo'),
    line('fc', '07', '00200201', 'lo'),
    line('fd123456789a', '80', '80200001', 'eth0'),
    line('fd123456789a', '80', '00300001', 'eth0'),
    '',
  ].join('\n')
  expect(parseRouteTable6(text)).toEqual([
    { network: 'fd12:3456:789a::/64', interface: 'eth0' },
    { network: 'fd12::/16', interface: 'tun0' },
    { network: '2001:db8::/128', interface: 'tun0' },
  ])
})

test('loopback, link-local and multicast are never among the networks of the host', async () => {
  for (const { network } of await hostRoutes()) {
    expect(network).toMatch(/^(?!127\.|169\.254\.|::1\/|fe80|ff)[\da-f.:]+\/\d+$/)
  }
})
