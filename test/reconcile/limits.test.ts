import { expect, test } from 'vitest'
import type { PortMapping } from '../../src/config/desired.ts'
import type { ObservedHost } from '../../src/observe/observed.ts'
import { listenNotes, memoryNotes, socketNotes, spaceNotes, stateNotes } from '../../src/reconcile/limits.ts'
import { parsed } from '../support/config/arbitrary.ts'

const host = {
  freeBytes: 2 ** 20,
  limits: {
    lowestPort: 1024,
    addresses: ['10.0.2.15'],
    memoryBytes: 2 ** 30,
    socketPlaces: {
      '/f': 'file',
      '/d': 'directory',
      '/n/s': 'no-folder',
      '/s': 'socket',
      '/u/s': 'unwritable',
    },
  },
} as unknown as ObservedHost

const inet = (address: string, port: number): PortMapping['listen'] => ({ kind: 'inet', address, port })
const unix = (path: string): PortMapping['listen'] => ({ kind: 'unix', path, mode: 0o600 })

test.each([
  [inet('127.0.0.1', 80), 'port 80 needs root on this host'],
  [inet('192.0.2.99', 8080), '192.0.2.99 is not an address of this host'],
  [unix('/f'), '/f is a file, not a socket'],
  [unix('/d'), '/d is a directory, not a socket'],
  [unix('/n/s'), 'the folder of /n/s does not exist'],
  [unix('/u/s'), 'this user cannot create /u/s'],
])('a listener that this host would refuse is an error of the plan: %j', (listen, message) => {
  const mapping = { id: 'x', protocol: 'tcp', listen, guest: { address: '192.168.65.3', port: 80 } } as const
  expect(listenNotes([mapping], host)).toMatchObject([
    { level: 'error', about: 'ports.x', message: expect.stringContaining(message) },
  ])
})

test.each([
  inet('127.0.0.2', 8080),
  inet('0.0.0.0', 1024),
  inet('10.0.2.15', 65_535),
  inet('::', 8080),
  unix('/s'),
])('a listener that this host allows has no note: %j', (listen) => {
  const mapping = { id: 'x', protocol: 'tcp', listen, guest: { address: '192.168.65.3', port: 80 } } as const
  expect(listenNotes([mapping], host)).toEqual([])
})

test('more memory than the host has, and less space than a VM needs to start, are errors of the plan', () => {
  const desired = (memory: string) => parsed(`apiVersion: desktop/v1\nvm: { memory: ${memory} }\n`)
  expect(memoryNotes(desired('2GiB'), host)).toMatchObject([{ level: 'error', about: 'vm.memory' }])
  expect(memoryNotes(desired('1GiB'), host)).toEqual([])
  const onBuilder = { name: 'w.1', kind: 'w', alike: 1, cluster: 'lab', peers: [] }
  const builder = { name: 'builder', ssh: { host: 'builder' } }
  const machine = { ...desired('2GiB'), machine: { ...onBuilder, host: builder } }
  expect(memoryNotes(machine, host)).toMatchObject([
    { message: expect.stringContaining('exceeds the memory of builder'), hint: 'lower vms.w.memory' },
  ])
  expect(spaceNotes(host)).toMatchObject([
    { level: 'error', code: 'host/no-space', message: expect.stringMatching(/^no space: 1MiB/) },
  ])
  expect(spaceNotes({ ...host, freeBytes: 2 ** 30 })).toEqual([])
})

test('a docker.sock that this host would refuse is an error of the plan', () => {
  expect(socketNotes('/f', host)).toMatchObject([{ level: 'error', about: 'engine.socket' }])
  expect(socketNotes('/s', host)).toEqual([])
})

test('a state folder that nothing can be written to is drift, and refuses the plan as host/storage', () => {
  const stateProblem = '/state: the file system is read-only'
  expect(stateNotes({ ...host, stateProblem })).toMatchObject([
    { level: 'error', code: 'host/storage', drift: true, message: stateProblem },
  ])
  expect(stateNotes(host)).toEqual([])
})
