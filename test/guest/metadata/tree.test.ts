import fc from 'fast-check'
import { expect, test } from 'vitest'
import { metadataFile, metadataIso } from '../../../src/guest/metadata/tree.ts'

test('disks of most environments have one size, and whatever the size the tree is on it whole', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100_000 }), (text) => {
      const tree = { hostname: metadataFile(text) }
      const disk = Buffer.from(metadataIso(tree))
      expect(disk.length % 65_536).toBe(0)
      expect(disk.includes(JSON.stringify(tree))).toBe(true)
    }),
    { numRuns: 30 },
  )
  expect(metadataIso({ hostname: metadataFile('a'.repeat(15_000)) })).toHaveLength(65_536)
})
