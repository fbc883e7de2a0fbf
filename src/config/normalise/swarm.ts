/** vms.*.swarm and vms.*.labels: role of each kind in the Docker swarm. */
import type { Desired, MachineIdentity } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Path } from '../read/source.ts'
import type { Report } from './report.ts'

type RawVms = NonNullable<DesktopFile['vms']>

export type Membership = NonNullable<MachineIdentity['swarm']>

/**
 * Memberships by kind; kinds without a role have none. Reports swarms that cannot be formed, or that cannot survive a
 * failure.
 */
export function memberships(
  { engine }: Pick<Desired, 'engine'>,
  raw: RawVms,
  placed: readonly { kind: string }[],
  report: Report,
): ReadonlyMap<string, Membership> {
  const found = new Map<string, Membership>()
  for (const [kind, { swarm: role, labels, isolated }] of Object.entries(raw)) {
    const path: Path = ['vms', kind]
    if (role === undefined) {
      if (labels !== undefined)
        report([...path, 'labels'], 'labels are of nodes of a swarm', 'add swarm: worker', 'key')
      continue
    }
    if (isolated === true)
      report(
        [...path, 'isolated'],
        'isolated machines cannot be in a swarm',
        'leave out one of the two',
        'key',
      )
    for (const name of Object.keys(labels ?? {}))
      if (name.trim() === '')
        report([...path, 'labels', name], 'a label needs a name', 'e.g. disk: fast', 'key')
    found.set(kind, { role, labels: labels ?? {} })
  }
  if (found.size === 0) return found
  requireOddManagers(raw, found, placed, report)
  if (engine.daemon['live-restore'] === true) {
    const hint = 'leave it out: dockerd has no swarm with live-restore'
    report(['engine', 'config', 'live-restore'], 'live-restore excludes a swarm', hint, 'key')
  }
  return found
}

/** A majority of managers must be up, so an even number survives no more failures than one fewer. */
function requireOddManagers(
  raw: RawVms,
  found: ReadonlyMap<string, Membership>,
  placed: readonly { kind: string }[],
  report: Report,
): void {
  const managers = placed.filter(({ kind }) => found.get(kind)?.role === 'manager').length
  if (managers % 2 === 1) return
  if (managers === 0) {
    const [first = ''] = found.keys()
    report(['vms', first, 'swarm'], 'the swarm has no manager', 'add a kind with swarm: manager')
    return
  }
  const last = [...found].findLast(([, { role }]) => role === 'manager')?.[0] ?? ''
  report(
    ['vms', last, raw[last]?.count === undefined ? 'swarm' : 'count'],
    `the swarm would have ${managers} managers; their number must be odd`,
    `use ${managers - 1} or ${managers + 1}: ${managers} survive no more failures than ${managers - 1}`,
  )
}
