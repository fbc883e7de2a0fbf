/** What messages call the host and the keys of a machine of `vms`, or of the VM of a file without them. */
import type { Desired } from '../config/desired.ts'

type Machine = Pick<Desired, 'machine'>

/** The user reads messages of another host on this one. */
export const hostText = ({ machine }: Machine): string => machine?.host?.name ?? 'this host'

export const keyOf = ({ machine }: Machine, key: string): string =>
  machine === undefined ? `vm.${key}` : `vms.${machine.kind}.${key}`
