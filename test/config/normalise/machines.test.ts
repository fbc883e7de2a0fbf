/** vms: names, addresses and errors of several machines. */
import { expect, test } from 'vitest'
import { evaluate } from '../../../src/config/load.ts'
import { mistakesOf } from '../../support/config/mistakes.ts'

const load = (yaml: string) =>
  evaluate(
    [{ shown: 'desktop.yaml', path: '/p/desktop.yaml' }],
    { env: {} },
    () => `apiVersion: desktop/v1\nname: dev\n${yaml}`,
  )

const placesOf = (yaml: string): string[] =>
  load(yaml).machines.map(({ machine, network }) => `${machine?.name} ${network.address}`)

test('machines of a kind are numbered and have addresses in a row', () => {
  expect(placesOf('vms: { m: { count: 3 } }')).toEqual([
    'm.1 192.168.65.3',
    'm.2 192.168.65.4',
    'm.3 192.168.65.5',
  ])
})

test('machines are alike that have the same sizing, whatever their kind', () => {
  const small = 'memory: 512MiB'
  const all = load(`vms: { m: { ${small}, count: 2 }, w: { ${small} }, big: { memory: 1GiB } }`).machines
  expect(all.map(({ machine }) => machine?.alike)).toEqual([3, 3, 3, 1])
})

test('a larger count of one kind moves no machine of another', () => {
  const few = placesOf('vms: { m: { count: 1 }, w: { count: 2 } }')
  const many = placesOf('vms: { m: { count: 9 }, w: { count: 2 } }')
  expect(many.filter((place) => place.startsWith('w'))).toEqual(few.filter((place) => place.startsWith('w')))
})

test('no machine has the address of the gateway or the host', () => {
  const yaml = 'network: { address: 192.168.65.10, gateway: 192.168.65.11 }\nvms: { m: { count: 2 } }'
  expect(placesOf(yaml)).toEqual(['m.1 192.168.65.10', 'm.2 192.168.65.12'])
})

test('each machine is an environment with a card, an IPv6 address and names of all machines', () => {
  const [first, second] = load('network: { ipv6: true }\nvms: { m: { count: 2 } }').machines
  expect([first?.name, second?.name]).toEqual(['dev.m.1', 'dev.m.2'])
  expect(second?.network.mac).toBe('02:50:c0:a8:41:04')
  expect(first?.network.ipv6?.address).not.toBe(second?.network.ipv6?.address)
  expect(first?.dns.hosts).toEqual({
    'm.1.dev.internal': '192.168.65.3',
    'm.2.dev.internal': '192.168.65.4',
  })
  expect(first?.machine?.peers).toEqual([
    { machine: 'm.2', environment: 'dev.m.2', address: '192.168.65.4', mac: '02:50:c0:a8:41:04' },
  ])
})

test("an isolated machine has no peers and is nobody's", () => {
  const { machines } = load('vms: { m: { count: 2 }, w: { isolated: true } }')
  const peers = machines.map(({ machine }) => machine?.peers.map((one) => one.machine))
  expect(peers).toEqual([['m.2'], ['m.1'], []])
})

test('a port leads to the machine that it names, or to the first', () => {
  const { machines } = load('vms: { m: { count: 2 } }\nports: ["8080:80", { host: 8081, guest: "m.2:80" }]')
  expect(machines.map(({ ports }) => ports.map(({ guest }) => guest.address))).toEqual([
    ['192.168.65.3'],
    ['192.168.65.4'],
  ])
})

test('egress of a kind replaces the common one', () => {
  const yaml =
    'network: { egress: { rules: [{ deny: 10.0.0.0/8 }] } }\nvms: { m: {}, w: { egress: { default: deny } } }'
  expect(load(yaml).machines.map(({ egress }) => egress.default)).toEqual(['allow', 'deny'])
  expect(load(yaml).machines.map(({ egress }) => egress.rules.length)).toEqual([1, 0])
})

test.each([
  [
    'vm: {}\nvms: { m: {} }',
    ['3:1 config/bad-value vm and vms exclude each other | move its keys to a kind of vms'],
  ],
  ['vms: {}', ['3:6 config/bad-value vms is empty | add an entry, or leave it out']],
  [
    'network: { subnet: 10.0.0.0/28 }\nvms: { m: { count: 20 } }',
    [
      '4:11 config/bad-value 10.0.0.0/28 has no address for m.12: 10.0.0.15 is not a host address in it | lower count, or choose a larger network.subnet',
    ],
  ],
  [
    'network: { subnet: 10.0.0.0/27 }\nvms: { m: {}, w: {} }',
    [
      '4:18 config/bad-value 10.0.0.0/27 has no address for w.1: 10.0.0.35 is not a host address in it | give the kind an `address`, because each starts 32 after the one before, or choose a larger network.subnet',
    ],
  ],
  [
    'vms: { m: { address: 10.0.0.1 } }',
    [
      '3:22 config/bad-value 192.168.65.0/24 has no address for m.1: 10.0.0.1 is not a host address in it | choose an `address` in network.subnet, other than its first and last',
    ],
  ],
  [
    'vms: { m: {}, w: { address: 192.168.65.3 } }',
    ['3:29 config/bad-value w.1 would have 192.168.65.3, which m.1 has | give the kind another `address`'],
  ],
  [
    'vms: { m: { address: 192.168.65.1 } }',
    [
      '3:22 config/bad-value m.1 would have 192.168.65.1, which the forwarder has | give the kind another `address`',
    ],
  ],
  [
    'vms: { m: { host: builder } }',
    ['3:19 config/bad-value there is no host "builder" | add it under hosts, or use: local'],
  ],
  ['vms: { m: { memory: 12MiB } }', ['3:21 config/bad-value 12MiB is too small | use 512MiB or more']],
  [
    'vms: { M: {} }',
    [
      '3:8 config/bad-value "M" is not a valid name for machines | use lower-case letters, digits and dashes, at most 20, beginning with a letter',
    ],
  ],
  [
    'vms: { m: {} }\nports: [{ host: 80, guest: "m.2:80" }]',
    ['4:9 config/bad-value there is no machine m.2 | did you mean "m.1"?'],
  ],
  [
    'vms: { m: {} }\nengine: { socket: ./docker.sock }',
    [
      '4:19 config/bad-value engine.socket: it is for a single VM; with vms each machine would want it | leave it out; `desktop env MACHINE` prints each',
    ],
  ],
  [
    'vms: { m: {} }\nnames: { http: 8080 }',
    [
      '4:16 config/bad-value names.http: it is for a single VM; with vms each machine would want it | leave it out, and use `ports`',
    ],
  ],
  [
    'vms: { m: {} }\nnetwork: { dns: { hosts: { m.1.dev.internal: 10.0.0.1 } } }',
    ['4:28 config/bad-value m.1.dev.internal is a machine of vms | choose another name'],
  ],
  [
    'vms: { m: {} }\nnetwork: { dns: { hosts: { M.1.DEV.internal: 10.0.0.1 } } }',
    ['4:28 config/bad-value M.1.DEV.internal is a machine of vms | choose another name'],
  ],
  ['vms:\n  m:', ['4:5 config/wrong-type vms.m must be a map, not empty | write {} for the defaults']],
])('%s is refused with its place', (yaml, mistakes) => {
  expect(mistakesOf(() => load(yaml))).toEqual(mistakes)
})
