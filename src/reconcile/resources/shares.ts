/** Host folders in the VM. The set is fixed when QEMU starts; a lost mount in the guest is restored live. */
import { observedValue } from '../../observation.ts'
import type { Note } from '../plan.ts'
import { type Diff, notApplicable, operation, type Resource } from './resource.ts'

export const shares: Resource = (target, observed, vm): Diff => {
  const wanted = target.desired.shares
  const notes = wanted.flatMap(({ source }, index): Note[] => {
    const there = observed.host.shares[source]
    if (there === undefined || there === 'directory') return []
    // The source folder is missing, even if the VM still serves it.
    return [{ level: 'error', drift: true, about: `shares[${index}].source`, ...faults[there](source) }]
  })
  const mounted = observedValue(observed.guest)?.shares
  if (mounted?.state !== 'present' || vm.action !== 'keep') return { ...notApplicable, notes }
  const operations = wanted
    .filter(({ target: place }) => !mounted.value.includes(place))
    .map(({ target: place }) =>
      operation({
        id: `shares/mount/${place.slice(1)}`,
        kind: 'shares/mount',
        subject: place,
        causes: [{ path: 'shares', from: `${place} is not mounted`, to: 'mounted' }],
        after: ['engine/ready'],
      }),
    )
  return { operations, notes, unchanged: wanted.length - operations.length }
}

const faults: Readonly<
  Record<'file' | 'nothing' | 'unreadable', (source: string) => Pick<Note, 'message' | 'hint'>>
> = {
  file: (source) => ({ message: `${source} is a file`, hint: 'share its parent folder' }),
  nothing: (source) => ({
    message: `${source} does not exist`,
    hint: `mkdir -p ${shellWord(source)}, or remove the share`,
  }),
  unreadable: (source) => ({
    message: `${source} is not readable by this user`,
    hint: 'change its permissions',
  }),
}

const shellWord = (path: string): string =>
  /[^\w./~+-]/.test(path) ? `'${path.replaceAll("'", `'\\''`)}'` : path
