import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { groups, only } from '../../src/reconcile/only.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { desired, observed } from '../support/reconcile/arbitrary.ts'
import { inSyncWith } from '../support/reconcile/reality.ts'
import { aDesired, GiB, mapping, targetOf } from '../support/reconcile/world.ts'

const ids = (plan: ReturnType<typeof only>): string[] => plan.operations.map(({ id }) => id)

describe('a part of a plan', () => {
  test('has all that its operations wait for, and is empty or whole when nothing or all is asked for', () => {
    fc.assert(
      fc.property(desired, observed, fc.subarray([...groups]), (file, reality, wanted) => {
        const whole = reconcile(targetOf(file), reality)
        const part = only(whole, wanted)
        const chosen = new Set(ids(part))
        for (const { after } of part.operations) for (const id of after) expect(chosen).toContain(id)
        if (wanted.length === 0 || wanted.length === groups.length) expect(part).toEqual(whole)
        // In the order of the whole, apart from what a restart that is left out would have removed.
        const covered = new Set<string>(whole.atBoot?.map(({ id }) => id))
        const ofWhole = (all: string[]): string[] => all.filter((id) => !covered.has(id))
        expect(ofWhole(ids(part))).toEqual(ofWhole(ids(whole).filter((id) => chosen.has(id))))
        for (const id of ofWhole([...chosen])) expect(ids(whole)).toContain(id)
        if (chosen.has('vm/stop')) expect(chosen).toContain('vm/start')
      }),
    )
  })

  test('ports alone leave a VM that is to restart as it is', () => {
    const file = { ...aDesired, ports: [mapping('web', 80)], vm: { ...aDesired.vm, memoryBytes: 3 * GiB } }
    const plan = reconcile(targetOf(file), inSyncWith(targetOf(aDesired)))
    expect(ids(plan)).toContain('vm/stop')
    expect(ids(only(plan, ['ports']))).toEqual(['ports/listen/web'])
  })
})
