/** guest.platforms: the emulated CPUs, and when a plan sets them. */
import { expect, test } from 'vitest'
import type { Platform } from '../../src/config/platforms.ts'
import { present, unknown } from '../../src/observation.ts'
import { reconcile } from '../../src/reconcile/reconcile.ts'
import { inSyncWith, stoppedAfter } from '../support/reconcile/reality.ts'
import { aDesired, targetOf } from '../support/reconcile/world.ts'

const targetFor = (platforms: Platform[]) =>
  targetOf({ ...aDesired, guest: { ...aDesired.guest, platforms } })

/** Operations on a VM that runs and emulates these. */
function planned(wanted: Platform[], now: readonly string[] | 'unknown') {
  const target = targetFor(wanted)
  const world = inSyncWith(target)
  if (world.guest.state !== 'present') throw new Error('no guest')
  const platforms = now === 'unknown' ? unknown('no agent') : present(now)
  const { operations } = reconcile(target, { ...world, guest: present({ ...world.guest.value, platforms }) })
  return operations.map(({ kind, subject, effect }) => `${kind} ${subject} ${effect}`)
}

test('a platform is added and taken away live', () => {
  expect(planned(['arm64'], [])).toEqual(['platforms/set arm64 live'])
  expect(planned(['arm64'], ['arm64', 's390x'])).toEqual(['platforms/set arm64 live'])
  expect(planned([], ['arm64'])).toEqual(['platforms/set none live'])
})

test('the order of registrations is not a difference', () => {
  expect(planned(['arm64', 'riscv64'], ['riscv64', 'arm64'])).toEqual([])
  expect(planned([], [])).toEqual([])
})

test('without a view into the guest nothing is known to differ', () => {
  expect(planned(['arm64'], 'unknown')).toEqual([])
})

test('a VM that starts gets them once its engine is ready', () => {
  const target = targetFor(['arm64'])
  const { operations } = reconcile(target, stoppedAfter(target))
  const kinds = operations.map(({ kind }) => kind)
  expect(kinds).toContain('platforms/set')
  expect(kinds.indexOf('platforms/set')).toBeGreaterThan(kinds.indexOf('engine/ready'))
})
