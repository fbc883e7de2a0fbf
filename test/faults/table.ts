/**
 * All manual faults with guaranteed recovery: test/faults/table.test.ts injects them, docs/recovery.md lists
 * them.
 */
import type { Fault } from './fault.ts'
import { guestFaults } from './guest.ts'
import { runningFaults } from './host.ts'
import { fileFaults } from './host-files.ts'

export const faultTable: Readonly<Record<string, readonly Fault[]>> = {
  'In the VM': guestFaults,
  'On the host': [...runningFaults, ...fileFaults],
}
