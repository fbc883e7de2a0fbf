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
