import { expect, test } from 'vitest'
import { Neighbours } from '../../../src/net/core/neighbours.ts'
import { type Ping, Pings } from '../../../src/net/ip/pings.ts'

const neighbour = new Neighbours('refuse').getOrAdd(0x0a000003)
const ping = (rest: number, sentMs = 0): Ping => {
  if (neighbour === undefined) throw new Error('no neighbour')
  return { neighbour, rest, destination: 1, quoted: new Uint8Array(28), sentMs }
}

test('each ping has a unique number, and is answered once', () => {
  const pings = new Pings()
  const numbers = [1, 2, 3].map((rest) => pings.add(ping(rest)))
  expect(new Set(numbers).size).toBe(3)
  expect(numbers.map((number) => pings.take(number)?.rest)).toEqual([1, 2, 3])
  expect(pings.take(numbers[0] ?? 0)).toBeUndefined()
})

test('a flood loses its oldest pings, and memory stays bounded', () => {
  const pings = new Pings()
  const first = pings.add(ping(0))
  for (let rest = 1; rest < 200_000; rest += 1) pings.add(ping(rest))
  expect(pings.size).toBe(4096)
  expect(pings.take(first)?.rest).not.toBe(0)
})

test('an unanswered ping expires', () => {
  const pings = new Pings()
  pings.add(ping(1, 0))
  pings.add(ping(2, 20_000))
  pings.expire(30_000)
  expect(pings.size).toBe(1)
})
