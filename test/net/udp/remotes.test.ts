import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mostRemotes, Remotes } from '../../../src/net/udp/remotes.ts'

test('the last remote and the number of different ones are reported, for any order of datagrams', () => {
  const end = fc.record({
    address: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    port: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 65_535 })),
  })
  fc.assert(
    fc.property(fc.array(end, { minLength: 1, maxLength: 200 }), (ends) => {
      const remotes = new Remotes()
      const all = new Set<string>()
      for (const { address, port } of ends) {
        remotes.sentTo(address, port)
        all.add(`${address}:${port}`)
        expect(remotes.count).toBe(Math.min(all.size, mostRemotes))
        expect([remotes.lastAddress, remotes.lastPort]).toEqual([address, port])
      }
    }),
  )
})
