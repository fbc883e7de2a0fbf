/** Which connections a supervisor opens. */
import { expect, test } from 'vitest'
import { isSameRoute, keyOf, routesOf, shareSocket } from '../../../src/supervisor/network/routes.ts'

const forward = { ssh: { host: 'x' }, path: '/there' }
const peer = (mac: string, more: object = {}) => ({
  address: '192.168.65.4',
  mac,
  control: `/${mac}`,
  ...more,
})

test('of two machines here the lower MAC dials, and one on another host is always dialled', () => {
  const peers = [peer('a'), peer('z'), peer('b', { forward }), { address: '192.168.65.9', mac: 'q' }]
  expect(routesOf('m', peers).map(([{ control, from }]) => [control, from])).toEqual([
    ['/z', 'm'],
    ['/b', 'm'],
  ])
})

test('a trunk between machines on other hosts has two ends, each with the MAC of the other', () => {
  const joins = [{ mac: 'c', control: '/c', forward }]
  expect(routesOf('m', [peer('b', { forward, joins })])[1]).toEqual([
    { control: '/b', forward, from: 'c' },
    { control: '/c', forward, from: 'b' },
  ])
})

test('routes differ by what they pass through, and those with a common socket are found', () => {
  const other = { ssh: { host: 'y' }, path: '/there' }
  const [a] = routesOf('m', [peer('b', { forward })])
  const [b] = routesOf('m', [peer('b', { forward: other })])
  const [c] = routesOf('m', [peer('c', { forward })])
  expect([keyOf(a!) === keyOf(b!), isSameRoute(a!, b!), shareSocket(a!, b!)]).toEqual([true, false, true])
  expect([keyOf(a!) === keyOf(c!), shareSocket(a!, c!)]).toEqual([false, false])
})
