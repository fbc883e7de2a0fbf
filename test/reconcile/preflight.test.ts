import { expect, test } from 'vitest'
import { configOf } from '../../src/config/load.ts'
import { rangeNotes } from '../../src/reconcile/preflight.ts'

const desired = (yaml: string) =>
  configOf({
    file: 'desktop.yaml',
    path: '/x/desktop.yaml',
    text: `apiVersion: desktop/v1\n${yaml}\n`,
    env: {},
  })

test('a subnet that the host uses is an error, and a range that is free is proposed', () => {
  const routes = [
    { network: '192.168.65.0/24', interface: 'vpn0' },
    { network: '192.168.66.0/23', interface: 'eth0' },
  ]
  expect(rangeNotes(desired(''), routes)).toEqual([
    {
      level: 'error',
      about: 'network.subnet',
      message: '192.168.65.0/24 overlaps 192.168.65.0/24, which this host reaches by vpn0',
      hint: 'use a free range, e.g. subnet: 192.168.68.0/24',
    },
  ])
})

test('the range of another VM tool is a warning', () => {
  const notes = rangeNotes(desired('network: { subnet: 192.168.127.0/24 }'), [])
  expect(notes).toMatchObject([
    { level: 'warning', message: '192.168.127.0/24 is the range of gvproxy (Podman, CRC)' },
  ])
})

test('a pool that hides a network of the host is a warning, and a host without routes has none', () => {
  const file = desired('engine: { addressPools: [{ base: 10.10.0.0/16, size: 24 }] }')
  expect(rangeNotes(file, [])).toEqual([])
  expect(rangeNotes(file, [{ network: '10.0.0.0/8', interface: 'eth0' }])).toMatchObject([
    { level: 'warning', about: 'engine.addressPools' },
  ])
})
