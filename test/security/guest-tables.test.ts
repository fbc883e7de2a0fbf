/** The guest's conntrack table is parsed in linear time, even when its lines are crafted to cause backtracking. */
import { expect, test } from 'vitest'
import { parseConntrack, parseTracked } from '../../src/supervisor/network/conntrack.ts'
import { returnsToBaseline } from '../support/baseline.ts'

returnsToBaseline()

const begin = 'ipv4 2 tcp 6 '

test.each([
  ['beginnings of an address', 'src='],
  ['ends of an address', 'dst='],
  ['addresses without an end', 'src=1'],
  ['pairs without ports', 'src=10.0.0.1 dst=10.0.0.2 '],
  ['beginnings of ports', 'src=10.0.0.1 dst=10.0.0.2 sport='],
  ['long digits', 'src=10.0.0.1 dst=10.0.0.2 sport=1111111111111111111111111111111111111111 '],
  ['spaces', ' '],
  ['colons', 'src=::::::::::::::::::::::::::::::::::::::::::::::::::::::::'],
])('20 MB of %s cost seconds at most, and name nobody', (_what, part) => {
  const line = `${begin}${part.repeat(Math.floor((500 - begin.length) / part.length))}\n`
  const text = line.repeat(Math.floor(20e6 / line.length))
  const began = process.cpuUsage()
  const found = [...parseTracked(text).map(({ opener }) => opener), ...parseConntrack(text).values()]
  const { user, system } = process.cpuUsage(began)
  expect((user + system) / 1e6).toBeLessThan(4)
  expect(found.every((opener) => opener === '10.0.0.1')).toBe(true)
})
