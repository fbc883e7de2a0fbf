/**
 * Guest kernel parameters in desktop.yaml. Live; also set at boot. A key removed from the file keeps its value until
 * the next boot.
 */
import type { Observation } from '../../observation.ts'
import type { Operation } from '../plan.ts'
import { type Diff, goesOn, notApplicable, operation, type Resource } from './resource.ts'

export const sysctl: Resource = (target, observed, vm): Diff => {
  const keys = Object.entries(target.desired.guest.sysctl).sort(([a], [b]) => (a < b ? -1 : 1))
  if (!goesOn(vm)) return notApplicable
  const operations: Operation[] = []
  for (const [key, to] of keys) {
    const now: Observation<string> = readingOf(key, observed.guest)
    if (now.state === 'present' && normal(now.value) === normal(to)) continue
    const from =
      now.state === 'present' ? normal(now.value) : now.state === 'unknown' ? now.reason : undefined
    operations.push(
      operation({
        id: `sysctl/set/${key}`,
        kind: 'sysctl/set',
        subject: key,
        causes: [{ path: `guest.sysctl.${key}`, from, to }],
        after: ['engine/ready'],
      }),
    )
  }
  return { operations, unchanged: keys.length - operations.length }
}

type Guest = Parameters<Resource>[1]['guest']

function readingOf(key: string, guest: Guest): Observation<string> {
  switch (guest.state) {
    case 'present':
      return guest.value.sysctl[key] ?? { state: 'absent' }
    case 'absent':
      return guest
    case 'unknown':
      return guest
  }
}

/** The kernel separates multiple numbers with tabs. */
const normal = (value: string): string => value.trim().split(/\s+/).join(' ')
