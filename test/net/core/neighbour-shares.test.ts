/** One guest with many addresses, forged or not, leaves room for the others. */
import { expect, test } from 'vitest'
import { Neighbours } from '../../../src/net/core/neighbours.ts'
import { Batches } from '../../../src/net/link/batches.ts'
import { Link } from '../../../src/net/link/link.ts'
import { Lab } from '../../support/net/lab.ts'

const batches = new Batches(512 * 1024)
const lab = new Lab()
const link = (id: number): Link => new Link(id, 'u32-be', lab, batches)

test('an IPv4 link gets at most half of the subnet, until it disconnects', () => {
  const { neighbours } = lab.stack.ipv4
  const [greedy, modest] = [link(1), link(2)]
  const subnet = lab.stack.addressOf('192.168.65.0')!
  const taken = Array.from({ length: 253 }, (_, i) => neighbours.learn(subnet + 2 + i, 1, 1, greedy))
  expect(taken.filter((neighbour) => neighbour !== undefined)).toHaveLength(127)
  expect(neighbours.learn(subnet + 200, 2, 2, modest)).toBeDefined()
  // Its own addresses are still its own.
  expect(neighbours.learn(subnet + 2, 1, 2, greedy)).toBeDefined()
  neighbours.linkGone(greedy)
  expect(neighbours.learn(subnet + 201, 1, 1, greedy)).toBeDefined()
})

test('an IPv6 link with forged addresses loses its own oldest one, never that of another link', () => {
  const neighbours = new Neighbours('forget-oldest')
  const [victim, greedy] = [link(1), link(2)]
  neighbours.learn(1, 1, 1, victim)
  for (let address = 2; address < 10_000; address += 1) neighbours.learn(address, 2, 2, greedy)
  expect(neighbours.get(1)?.link).toBe(victim)
  expect(neighbours.get(9_999)?.link).toBe(greedy)
  expect([...neighbours.values()].length).toBeLessThan(4096)
})

test('an address that moves to another link no longer counts for the first', () => {
  const neighbours = new Neighbours('refuse', 1)
  const [first, second] = [link(1), link(2)]
  neighbours.learn(1, 1, 1, first)
  expect(neighbours.learn(2, 1, 1, first)).toBeUndefined()
  neighbours.learn(1, 1, 1, second)
  expect(neighbours.learn(2, 1, 1, first)).toBeDefined()
})
