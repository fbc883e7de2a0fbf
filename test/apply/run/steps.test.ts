import { expect, test, vi } from 'vitest'
import type { Effects } from '../../../src/apply/run/effects.ts'
import { stepsFor } from '../../../src/apply/run/steps.ts'
import { DesktopError } from '../../../src/errors/desktop-error.ts'
import type { Operation } from '../../../src/reconcile/plan.ts'
import type { Target } from '../../../src/reconcile/target.ts'
import { aDesired } from '../../support/reconcile/world.ts'

const ready = (facts: () => Promise<object>): Promise<void> => {
  const control = { facts, waitEngine: async () => {} }
  const target = { desired: aDesired } as unknown as Target
  const step = stepsFor(target, { control } as unknown as Effects).run['engine/ready']
  return step([{ after: [] } as unknown as Operation], () => {})
}

test('a supervisor that is too busy to answer one look is asked again while the guest comes up', async () => {
  const facts = vi
    .fn<() => Promise<object>>()
    .mockRejectedValueOnce(new DesktopError('supervisor/unreachable', 'facts: no answer'))
    .mockResolvedValueOnce({ vm: { state: 'starting' } })
    .mockResolvedValue({ vm: { state: 'running' } })
  await ready(facts)
  expect(facts).toHaveBeenCalledTimes(3)
})

test('a VM that ended while it came up ends the wait at once', async () => {
  await expect(ready(async () => ({ vm: { state: 'exited' } }))).rejects.toMatchObject({
    code: 'vm/not-running',
  })
})
