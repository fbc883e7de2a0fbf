import { expect, test } from 'vitest'
import { RemoteNames } from '../../../src/cli/live/remote-names.ts'

test('an address has the name that resolved to it last, and answers that are names have none', () => {
  const names = new RemoteNames()
  const latestFirst = [
    { name: 'b.test', answers: ['203.0.113.7'] },
    { name: 'a.test.', answers: ['cdn.test', '203.0.113.7', '2001:db8::7'] },
  ]
  for (let i = 0; i < 2; i += 1) names.add(latestFirst)
  expect(names.of('203.0.113.7')).toBe('b.test')
  expect(names.of('2001:db8::7')).toBe('a.test')
  for (const other of ['cdn.test', '203.0.113.8', '']) expect(names.of(other)).toBeNull()
})

test('a guest that resolves many names takes a bounded amount of memory, and the latest are kept', () => {
  const names = new RemoteNames()
  const address = (i: number): string => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`
  for (let i = 0; i < 6_000; i += 1) names.add([{ name: `n${i}.test`, answers: [address(i)] }])
  expect(names.of(address(5_999))).toBe('n5999.test')
  expect(names.of(address(1_000))).toBeNull()
})
