/** `hosts` and `vms.*.host`. */
import { expect, test } from 'vitest'
import { ownImages } from '../../../src/config/guest-components.ts'
import { evaluate, type LoadedConfig } from '../../../src/config/load.ts'
import { maskCredentials } from '../../../src/errors/credentials.ts'
import { DesktopError } from '../../../src/errors/desktop-error.ts'

const load = (yaml: string): LoadedConfig =>
  evaluate(
    [{ shown: 'desktop.yaml', path: '/tmp/desktop.yaml' }],
    { env: {} },
    () => `apiVersion: desktop/v1\nname: lab\n${yaml}`,
  )

function mistakes(yaml: string): string[] {
  try {
    load(yaml)
    return []
  } catch (error) {
    if (!(error instanceof DesktopError)) throw error
    return [error, ...error.others].map(({ message, at }) => `${at?.line}: ${message}`)
  }
}

const hostsOf = (yaml: string): (string | undefined)[] =>
  load(yaml).machines.map(({ machine }) => machine?.host?.name)
const builder = 'hosts: { builder: { ssh: me@builder } }'

test('machines are on this host, unless their kind names another one', () => {
  expect(hostsOf(`vms:\n  m: { count: 2 }\n  w: { host: builder }\n${builder}`)).toEqual([
    undefined,
    undefined,
    'builder',
  ])
})

test('the machines of a kind take its hosts in turn', () => {
  expect(hostsOf(`vms:\n  w: { count: 5, host: [local, builder] }\n${builder}`)).toEqual([
    ...[undefined, 'builder', undefined, 'builder', undefined],
  ])
})

test('raising count does not move a machine to another host', () => {
  const placed = (count: number): (string | undefined)[] =>
    hostsOf(`vms:\n  w: { count: ${count}, host: [builder, local] }\n${builder}`)
  expect(placed(7).slice(0, 3)).toEqual(placed(3))
})

test('each machine has the ssh target of its host, and each peer the name of its host', () => {
  const [local, remote] = load(`vms:\n  w: { count: 2, host: [local, builder] }\n${builder}`).machines
  expect(remote?.machine?.host?.ssh).toEqual({ user: 'me', host: 'builder' })
  expect(remote?.machine?.peers.map(({ host }) => host)).toEqual([undefined])
  expect(local?.machine?.peers.map(({ host }) => host)).toEqual(['builder'])
})

test.each([
  [`vms:\n  w: { host: biulder }\n${builder}`, '4: there is no host "biulder"'],
  [`vms:\n  w: { host: [builder, builder] }\n${builder}`, '4: builder is listed twice'],
  [`vms:\n  w: {}\nhosts: { a: { ssh: b }, c: { ssh: b } }`, '5: c is the same host as a'],
  [
    `vms:\n  w: { host: a }\nhosts: { a: { ssh: -oProxyCommand=id } }`,
    '5: "-oProxyCommand=id" is not a host for ssh',
  ],
  [`vms:\n  w: {}\nhosts: { local: { ssh: b } }`, '5: "local" is the host that runs desktop'],
  [`vms:\n  w: {}\nhosts: { A_b: { ssh: b } }`, '5: "A_b" is not a valid name for a host'],
  [
    `hosts: { a: { ssh: b } }\nvm: { cpus: 1 }`,
    '3: hosts are for machines of vms, which the file does not have',
  ],
  [`vms:\n  w: { host: b }\nhosts: { b: { ssh: "x y" }, c: { ssh: c } }`, '5: "x y" is not a host for ssh'],
  [`vms:\n  w: { host: b }\nhosts: { b: { ssh: 5 } }`, '5: hosts.b.ssh must be a string, not 5'],
  [`vms:\n  w: { host: b }\nhosts: { b: {} }`, '5: hosts.b lacks "ssh"'],
  [`vms:\n  w: { host: [] }\n${builder}`, '4: vms.w.host is empty'],
  [`vms:\n  w: { host: [5] }\n${builder}`, '4: vms.w.host[0] must be a string, not 5'],
  [
    `vms:\n  a: { host: x }\n  b: { host: y }\nhosts: { x: { ssh: x }, y: { ssh: y } }`,
    '5: machines on x and y are connected through one on this host, and there is none',
  ],
  [
    `vms:\n  a: { host: x }\n  b: { host: y }\n  m: { isolated: true }\nhosts: { x: { ssh: x }, y: { ssh: y } }`,
    '5: machines on x and y are connected through one on this host, and there is none',
  ],
  [
    `vms:\n  w: { host: builder }\n${builder}\nguest: { sshAgent: true }`,
    '6: guest.sshAgent forwards an agent of this host, which machines on another host do not have',
  ],
  [
    `vms:\n  w: { host: builder }\n${builder}\nguest: { files: [{ path: etc/a, source: ./a, optional: true }] }`,
    '6: ./a is a file of this host, which machines on another host do not have',
  ],
  [
    `vms:\n  w: { host: builder }\n${builder}\nengine: { context: true }`,
    '6: engine.context is a docker context of this host, which machines on another host do not have',
  ],
])('a mistake is reported with its line: %j', (yaml, message) => {
  expect(mistakes(yaml)).toEqual([message])
})

test('machines elsewhere have files whose contents are in desktop.yaml, and services of images in the guest', () => {
  const files = 'files: [{ path: etc/motd, contents: hi }, { path: etc/b, symlink: motd }]'
  const services = `services: [{ name: b, image: ${ownImages[0]} }]`
  const yaml = `vms:\n  w: { host: builder }\n${builder}\nguest: { ${files}, ${services} }`
  expect(load(yaml).machines[0]?.guest).toMatchObject({
    files: [{ contents: 'hi' }, { symlink: 'motd' }],
    services: [{ name: 'b' }],
  })
})

test('the form of a target with a port survives the masking of credentials', () => {
  try {
    load('vms:\n  w: {}\nhosts: { a: { ssh: "x y" } }')
  } catch (error) {
    expect(maskCredentials((error as DesktopError).hint ?? '')).toContain('or ssh://HOST:PORT')
  }
  expect.assertions(1)
})

const two = 'hosts: { x: { ssh: x }, y: { ssh: y } }'

test.each([
  [
    'the first machine here connects those on two other hosts',
    'w: { count: 5, host: [x, local, y] }',
    ['w.2'],
  ],
  ['one other host needs none', 'w: { count: 4, host: [local, x] }', []],
  ['isolated machines need none', 'm: {}\n  w: { count: 2, host: [x, y], isolated: true }', []],
])('%s', (_name, vms, relays) => {
  const { machines } = load(`vms:\n  ${vms}\n${two}`)
  expect(machines.flatMap(({ machine }) => (machine?.relays ? [machine.name] : []))).toEqual(relays)
})

test('a socket of this host is not a port of a machine elsewhere', () => {
  const ports = 'ports: [{ host: "unix:/tmp/a.sock", guest: "w.1:80" }]'
  expect(mistakes(`vms:\n  m: {}\n  w: { host: builder }\n${builder}\n${ports}`)).toEqual([
    expect.stringMatching(/^7: \/tmp\/a\.sock is a socket of this host/),
  ])
  expect(mistakes(`vms:\n  m: { host: builder }\n  w: {}\n${builder}\n${ports}`)).toEqual([])
})

test('a plan of a file notices that a machine moved', () => {
  const on = (host: string): string => load(`vms:\n  w: { host: ${host} }\n${builder}`).hash
  expect(on('builder')).not.toBe(on('local'))
})
