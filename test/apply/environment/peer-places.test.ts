/** How the supervisors of a switch reach each other. */
import { expect, test } from 'vitest'
import { peerPlaces } from '../../../src/apply/environment/peer-places.ts'
import type { MachineIdentity } from '../../../src/config/desired.ts'

const ssh = { host: 'builder' }
const peer = (machine: string, host?: string): MachineIdentity['peers'][number] => ({
  machine,
  environment: `lab.${machine}`,
  address: '192.168.65.4',
  mac: '02:50:c0:a8:41:04',
  ...(host === undefined ? {} : { host }),
})
const card = { address: '192.168.65.4', mac: '02:50:c0:a8:41:04' }
const here = new Map([['lab.a.1', { sockets: { control: '/here/a.sock' } as never }]])
const forwarded = { control: '/here/forwarded.sock', forward: { ssh, path: '/there/b.sock' } }

test('on the host of the file, peers there are reached through ssh, and others directly', () => {
  const peers = [peer('a.1'), peer('b.1', 'builder')]
  expect(peerPlaces({ peers }, here, new Map([['lab.b.1', forwarded]]))).toEqual([
    { ...card, control: '/here/a.sock' },
    { ...card, ...forwarded },
  ])
})

test('on another host, peers on the host of the file dial, and peers of the same host are direct', () => {
  const peers = [peer('a.1', 'builder'), peer('m.1')]
  expect(peerPlaces({ peers, host: { name: 'builder', ssh } }, here, new Map())).toEqual([
    { ...card, control: '/here/a.sock' },
    card,
  ])
})

test('a peer whose sockets were never seen is left out', () => {
  expect(peerPlaces({ peers: [peer('b.1', 'builder')] }, here, new Map())).toEqual([])
})

const own = (machine: string, host?: string) => ({ ...peer(machine, host), mac: machine, address: machine })
const at = (path: string) => ({ control: `/here/${path}`, forward: { ssh, path } })
const threeHosts = [own('a.1'), own('b.1', 'x'), own('b.2', 'y'), own('b.3', 'x'), own('b.4', 'y')]
const known = new Map(['b.1', 'b.2', 'b.3'].map((machine) => [`lab.${machine}`, at(machine)]))

test('each pair of machines on different other hosts passes through the machine that relays, once both were seen', () => {
  const places = peerPlaces({ peers: threeHosts, relays: true }, here, known)
  expect(places.map(({ mac, joins = [] }) => [mac, joins])).toEqual([
    ['a.1', []],
    ['b.1', [{ mac: 'b.2', ...at('b.2') }]],
    ['b.2', [{ mac: 'b.3', ...at('b.3') }]],
    ['b.3', []],
  ])
  expect(peerPlaces({ peers: threeHosts }, here, known).some(({ joins }) => joins !== undefined)).toBe(false)
})

test('on another host, the connection to a peer on a third one comes from the host of the file', () => {
  const peers = [own('b.2', 'y')]
  expect(peerPlaces({ peers, host: { name: 'x', ssh } }, here, new Map())).toEqual([
    { address: 'b.2', mac: 'b.2' },
  ])
})
