/** The address pool of overlay networks. */
import { expect, test } from 'vitest'
import { swarmPool } from '../../../src/apply/cluster/swarm-pool.ts'

test.each([
  ['192.168.65.0/24', '10.0.0.0/8'],
  ['10.0.0.0/24', '10.128.0.0/9'],
  ['10.127.255.0/24', '10.128.0.0/9'],
  ['10.128.0.0/24', '10.0.0.0/9'],
  ['11.0.0.0/24', '10.0.0.0/8'],
])('overlay networks beside machines on %s are cut from %s', (subnet, pool) => {
  expect(swarmPool(subnet)).toBe(pool)
})
