import fc from 'fast-check'
import { expect, test } from 'vitest'
import { overlap, parseSubnet, type Subnet } from '../../src/config/addresses.ts'
import { rangeNotes } from '../../src/reconcile/preflight.ts'
import { parsed } from '../support/config/arbitrary.ts'

const desired = (yaml: string) => parsed(`apiVersion: desktop/v1\n${yaml}\n`)

test('a subnet that the host uses is an error, and a range that is free is proposed', () => {
  const routes = [
    { network: '192.168.65.0/24', interface: 'vpn0' },
    { network: '192.168.66.0/23', interface: 'eth0' },
  ]
  expect(rangeNotes(desired(''), routes)).toEqual([
    {
      level: 'error',
      about: 'network.subnet',
      message: '192.168.65.0/24 overlaps 192.168.65.0/24, which this host routes through vpn0',
      hint: 'use a free range, e.g. subnet: 192.168.68.0/24',
    },
  ])
})

test('where every private range is routed away a clash is a warning, since no other choice is better', () => {
  const company = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map((network) => ({
    network,
    interface: 'tun0',
  }))
  expect(rangeNotes(desired(''), company).filter(({ about }) => about === 'network.subnet')).toEqual([
    {
      level: 'warning',
      about: 'network.subnet',
      message: '192.168.65.0/24 overlaps 192.168.0.0/16, which this host routes through tun0',
    },
  ])
})

test.each(['192.168.5.0/24', '192.168.64.0/20', '192.168.127.128/25'])(
  'a subnet in the range of another VM tool is an error: %s',
  (subnet) => {
    const notes = rangeNotes(desired(`network: { subnet: ${subnet} }`), [])
    expect(notes).toMatchObject([{ level: 'error', message: expect.stringContaining('is used by') }])
  },
)

test('a public network is a warning: the VM loses the hosts that the internet has there', () => {
  expect(rangeNotes(desired('network: { subnet: 8.8.8.0/24 }'), [])).toEqual([
    {
      level: 'warning',
      about: 'network.subnet',
      message: '8.8.8.0/24 is a public network; the VM cannot reach its hosts on the internet',
      hint: 'use a free range, e.g. subnet: 192.168.65.0/24',
    },
  ])
})

test('pools and bridge are checked like the subnet, and a host without routes has no clash', () => {
  const file = desired(
    'engine: { config: { bip: 10.11.0.1/24 }, addressPools: [{ base: 10.10.0.0/16, size: 24 }] }',
  )
  expect(rangeNotes(file, [])).toEqual([])
  expect(rangeNotes(file, [{ network: '10.0.0.0/8', interface: 'eth0' }])).toMatchObject([
    { level: 'error', about: 'engine.config.bip', hint: 'use a free range, e.g. bip: 192.168.66.1/24' },
    { level: 'error', about: 'engine.addressPools', hint: 'use a free range, e.g. base: 172.18.0.0/16' },
  ])
})

test("dockerd's own bridge is a warning where it hides a network, and none for a bridge of the host's docker", () => {
  const vpn = { network: '172.17.4.0/24', interface: 'tun0' }
  expect(rangeNotes(desired(''), [vpn])).toMatchObject([{ level: 'warning', about: 'engine.config.bip' }])
  expect(rangeNotes(desired(''), [{ network: '172.17.0.0/16', interface: 'docker0' }])).toEqual([])
  expect(rangeNotes(desired('engine: { config: { bip: 10.11.0.1/24 } }'), [vpn])).toEqual([])
})

const network = fc
  .tuple(
    fc.constantFrom('192.168.', '10.213.', '172.18.'),
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 16, max: 26 }),
  )
  .map(([start, third, prefix]) => {
    const subnet = parseSubnet(`${start}${third}.0/${prefix}`) as Subnet
    return { subnet, route: { network: `${start}${third}.0/${prefix}`, interface: 'eth0' } }
  })

test('a proposed range overlaps none of the host', () => {
  fc.assert(
    fc.property(fc.array(network, { maxLength: 12 }), (taken) => {
      for (const { hint } of rangeNotes(
        desired(''),
        taken.map(({ route }) => route),
      )) {
        const proposed = parseSubnet(/subnet: (\S+)$/.exec(hint ?? '')?.[1] ?? '')
        if (proposed === undefined) continue
        expect(taken.filter(({ subnet }) => overlap(subnet, proposed))).toEqual([])
      }
    }),
  )
})

const subnet6 = 'fd12:3456:789a::/64'

test.each([
  ['the same', subnet6],
  ['one that holds it', 'fd12:3456::/32'],
  ['one within it', 'fd12:3456:789a::ff/128'],
])('an IPv6 network that the host uses is an error: %s', (_, network) => {
  const routes = [
    { network: 'fd12:3456:789b::/64', interface: 'eth0' },
    { network, interface: 'vpn0' },
  ]
  expect(rangeNotes(desired(`network: { subnet6: '${subnet6}' }`), routes)).toEqual([
    {
      level: 'error',
      about: 'network.subnet6',
      message: `${subnet6} overlaps ${network}, which this host routes through vpn0`,
      hint: expect.stringMatching(/^use a free range, e\.g\. subnet6: fd[0-9a-f:]+::\/64$/),
    },
  ])
})

test('the prefix that IPv6 gets by itself is checked too, and none without IPv6', () => {
  const all = [{ network: 'fc00::/7', interface: 'vpn0' }]
  expect(rangeNotes(desired('network: { ipv6: true }'), all)).toMatchObject([
    { level: 'error', about: 'network.subnet6' },
  ])
  expect(rangeNotes(desired(''), all)).toEqual([])
  expect(
    rangeNotes(desired('network: { ipv6: true }'), [{ network: '2000::/3', interface: 'eth0' }]),
  ).toEqual([])
})

test('an IPv6 network that is proposed overlaps nothing that the host has, and none is when all is taken', () => {
  const routes = Array.from({ length: 256 }, (_, i) => ({
    network: `fd${i.toString(16).padStart(2, '0')}::/16`,
    interface: 'vpn0',
  }))
  const file = desired(`network: { subnet6: '${subnet6}' }`)
  const [first] = rangeNotes(file, routes)
  expect(first).not.toHaveProperty('hint')
  for (let free = 0; free < 256; free += 16) {
    const most = routes.filter((_, i) => i < free || i >= free + 16 || i === 0x12)
    const proposed = /subnet6: (\S+)$/.exec(rangeNotes(file, most)[0]?.hint ?? '')?.[1]
    if (proposed === undefined) continue
    const third = Number.parseInt(proposed.slice(2, 4), 16)
    expect(third >= free && third < free + 16 && third !== 0x12).toBe(true)
  }
})
