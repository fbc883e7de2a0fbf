/** Emulated CPU architectures. Live: binfmt_misc is consulted at each program start. */
import { observedValue } from '../../observation.ts'
import type { Operation } from '../plan.ts'
import { change, inSync, notApplicable, operation, type Resource } from './resource.ts'
import { goesOn } from './vm-action.ts'

export const platforms: Resource = (target, observed) => {
  const wanted = target.desired.guest.platforms
  // A booting VM drops platforms that are not in the file, and may lack an emulator.
  if (!goesOn(target, observed)) return wanted.length === 0 ? notApplicable : change([set([], wanted)])
  const now = observedValue(observed.guest)?.platforms
  if (now?.state !== 'present') return notApplicable
  if (now.value.toSorted().join() !== wanted.join()) return change([set(now.value, wanted)])
  return wanted.length === 0 ? notApplicable : inSync
}

const set = (now: readonly string[], wanted: readonly string[]): Operation =>
  operation({
    kind: 'platforms/set',
    subject: wanted.length === 0 ? 'none' : wanted.join(', '),
    causes: [{ path: 'guest.platforms', from: shown(now), to: shown(wanted) }],
    after: ['engine/ready', 'disk/grow'],
  })

const shown = (names: readonly string[]): string | undefined =>
  names.length === 0 ? undefined : names.join(', ')
