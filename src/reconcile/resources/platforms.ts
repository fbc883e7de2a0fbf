/** Emulated CPU architectures. Live: binfmt_misc is consulted at each program start. */
import { observedValue } from '../../observation.ts'
import type { Operation } from '../plan.ts'
import { change, goesOn, inSync, notApplicable, operation, type Resource } from './resource.ts'

export const platforms: Resource = (target, observed, vm) => {
  const wanted = target.desired.guest.platforms
  const now = observedValue(observed.guest)?.platforms
  // A booting VM drops platforms that are not in the file, and may lack an emulator.
  if (!goesOn(vm)) {
    if (wanted.length === 0) return notApplicable
    return change([set(now?.state === 'present' ? now.value : [], wanted)])
  }
  if (now?.state !== 'present') return notApplicable
  if (!isSame(now.value, wanted)) return change([set(now.value, wanted)])
  return wanted.length === 0 ? notApplicable : inSync
}

const isSame = (now: readonly string[], wanted: readonly string[]): boolean =>
  now.toSorted().join() === wanted.join()

const set = (now: readonly string[], wanted: readonly string[]): Operation =>
  operation({
    kind: 'platforms/set',
    subject: wanted.length === 0 ? 'none' : wanted.join(', '),
    // Those lost in a restart are a consequence of the plan, not a difference.
    causes: isSame(now, wanted) ? [] : [{ path: 'guest.platforms', from: shown(now), to: shown(wanted) }],
    after: ['engine/ready', 'disk/grow'],
  })

const shown = (names: readonly string[]): string | undefined =>
  names.length === 0 ? undefined : names.join(', ')
