/** The record by which a later supervisor finds a running QEMU again. */
import type { ProcessIdentity } from '../host/identity.ts'
import type { VmSpec } from './spec.ts'

/** Which process it is and what it was started with: enough to find it again. */
export interface MachineRecord {
  spec: VmSpec
  identity: ProcessIdentity
  startedAt: string
  /** Those of `spec.daemons`, in their order; absent in what an earlier version wrote. */
  daemons?: readonly ProcessIdentity[] | undefined
  /** It was asked to shut down. */
  stopping?: boolean
}
