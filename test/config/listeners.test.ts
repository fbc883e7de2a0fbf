import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Endpoint, Listeners } from '../../src/config/listeners.ts'

const endpoint: fc.Arbitrary<Endpoint> = fc.record({
  protocol: fc.constantFrom('tcp', 'udp'),
  address: fc.constantFrom('127.0.0.1', '10.0.0.1', '0.0.0.0', '::', '::1', 'fd00::1'),
  port: fc.constantFrom(80, 81),
})

/** As the kernel decides, when sockets of `::` take IPv4 too. */
function cannotStandBeside(a: Endpoint, b: Endpoint): boolean {
  if (a.protocol !== b.protocol || a.port !== b.port) return false
  if (a.address === b.address || a.address === '::' || b.address === '::') return true
  const v4 = (one: Endpoint): boolean => !one.address.includes(':')
  return v4(a) && v4(b) && (a.address === '0.0.0.0' || b.address === '0.0.0.0')
}

test('finds one that cannot stand beside it exactly when there is one', () => {
  fc.assert(
    fc.property(fc.array(endpoint, { maxLength: 6 }), endpoint, (there, wanted) => {
      const listeners = new Listeners<Endpoint>()
      for (const one of there) listeners.add(one, one)
      const found = listeners.overlapping(wanted)
      expect(found !== undefined).toBe(there.some((one) => cannotStandBeside(one, wanted)))
      if (found !== undefined) expect(cannotStandBeside(found, wanted)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})
