/** Rendered files in the guest, written at boot. Edited ones are rewritten. Live. */
import { observedValue } from '../../observation.ts'
import type { Operation } from '../plan.ts'
import { type Diff, notApplicable, operation, type Resource } from './resource.ts'

export const guestFiles: Resource = (target, observed, vm): Diff => {
  const seen = observedValue(observed.guest)?.files
  // A booting VM gets new files; without access to the guest, no difference is known.
  if (seen === undefined || vm.action !== 'keep') return notApplicable
  const operations: Operation[] = []
  for (const [path, text] of Object.entries(target.guestFiles).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const now = seen[path]
    if (now === undefined || (now.state === 'present' && now.value === text)) continue
    const from = now.state === 'present' ? 'edited' : now.state === 'unknown' ? now.reason : undefined
    operations.push(
      operation({
        id: `guest/write/${path.slice(1)}`,
        kind: 'guest/write',
        subject: path,
        causes: [{ path: `guest file ${path}`, from, to: 'as rendered' }],
        after: ['engine/ready'],
      }),
    )
  }
  return { operations, unchanged: Object.keys(target.guestFiles).length - operations.length }
}
