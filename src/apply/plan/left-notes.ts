/** A file that changes from `vms` to `vm` would leave its machines behind, here and on other hosts. */
import { targetText } from '../../host/ssh/target.ts'
import type { Note } from '../../reconcile/plan.ts'
import type { Environment } from '../environment/environment.ts'
import { leftMachines, ofFolder } from '../environment/left-machines.ts'
import { clusterOf, isFileOf, ownersOf } from '../environment/owner.ts'

/** No host is contacted. */
export async function leftNotes({ desired, file }: Pick<Environment, 'desired' | 'file'>): Promise<Note[]> {
  if (desired.machine !== undefined || file === undefined) return []
  const { machines } = await leftMachines(clusterOf(desired), ofFolder(file), [])
  const left = [...machines.map(({ name }) => name), ...(await hostsWith({ desired, file }))]
  if (left.length === 0) return []
  return [
    {
      level: 'error',
      about: 'vm',
      message: `this file had vms before, and would leave behind: ${left.join(', ')}`,
      hint: 'save what they hold, then remove them with `desktop destroy`; or write vms again',
    },
  ]
}

/** Loaded only here: the records of other hosts need a schema, and most hosts know none. */
async function hostsWith(environment: Required<Pick<Environment, 'desired' | 'file'>>): Promise<string[]> {
  const { allKnownHosts } = await import('../environment/known-hosts.ts')
  const known = await allKnownHosts()
  const all = known.flatMap(({ files }) => files)
  const owners = all.length === 0 ? [] : await ownersOf(environment, all)
  const having = known.filter(({ files }) =>
    files.some((one) => isFileOf(one, clusterOf(environment.desired), owners)),
  )
  return having.map(({ name, ssh }) => `machines on ${name} (${targetText(ssh)})`)
}
