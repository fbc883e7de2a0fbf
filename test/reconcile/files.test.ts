import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { desired } from '../support/config/arbitrary.ts'
import { inSyncWith } from '../support/reconcile/reality.ts'
import { targetOf } from '../support/reconcile/world.ts'

test('whatever a file says, a world that is so already has an empty plan', () => {
  fc.assert(
    fc.property(desired, (file) => {
      const target = targetOf(file)
      expect(reconcile(target, inSyncWith(target)).operations).toEqual([])
    }),
  )
})
