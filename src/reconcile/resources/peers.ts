/** The other machines on the switch, from `vms`. Live: machines are added and removed while others run. */
import { observedValue } from '../../observation.ts'
import { same } from '../values.ts'
import { change, inSync, notApplicable, operation, type Resource } from './resource.ts'

export const peers: Resource = ({ peers = [] }, { supervisor }) => {
  const told = observedValue(supervisor)?.peers ?? []
  if (same(told, peers)) return told.length === 0 ? notApplicable : inSync
  const addresses = (list: typeof peers): string | undefined =>
    list.length === 0 ? undefined : list.map(({ address }) => address).join(', ')
  return change([
    operation({
      kind: 'peers/set',
      subject: `${peers.length} other ${peers.length === 1 ? 'machine' : 'machines'}`,
      causes: [{ path: 'vms', from: addresses(told), to: addresses(peers) }],
      after: ['supervisor/start', 'supervisor/replace', 'network/set'],
    }),
  ])
}
