/** Record from which a later supervisor finds a running QEMU. */
import type { ProcessIdentity } from '../host/identity.ts'
import type { VmSpec } from './spec.ts'

/** The process and its start parameters. */
export interface MachineRecord {
  spec: VmSpec
  identity: ProcessIdentity
  startedAt: string
  /** Processes of `spec.daemons`, in order; absent in records of earlier versions. */
  daemons?: readonly ProcessIdentity[] | undefined
  /** A shutdown was requested. */
  stopping?: boolean
}
