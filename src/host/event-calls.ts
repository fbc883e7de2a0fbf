/**
 * System calls of virtiofsd that the supervisor's seccomp filter answers without running them (setuid-filter.ts). The
 * VM's kernel sends an inotify event when the file server reports success; the host's file stays as it is. None has an
 * honest use: the filter denies both setuid bits, and no disk holds a file of 2^60 bytes.
 */
import { fchmodSync } from 'node:fs'

export const eventCalls: Readonly<Record<'attributesMode' | 'lookUpMode', number>> & {
  readonly contentLength: bigint
} = {
  /** chmod to this mode succeeds: IN_ATTRIB in the VM. */
  attributesMode: 0o7000,
  /** chmod to this mode fails with ESTALE: the VM's kernel looks the path up again. */
  lookUpMode: 0o7001,
  /** truncate to this length succeeds: IN_MODIFY in the VM. */
  contentLength: 1n << 60n,
}

/** Not open. */
const noDescriptor = 0x7fff_ffff

/** Whether the filter of this process, which its children inherit, answers these calls. */
export function answersEventCalls(): boolean {
  try {
    fchmodSync(noDescriptor, eventCalls.attributesMode)
    return true
  } catch {
    // Without the filter: EBADF.
    return false
  }
}
