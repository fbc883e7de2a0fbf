/** Every fault by hand that recovery is promised for: test/faults/table.test.ts drives it, docs/recovery.md shows it. */
import type { Fault } from './fault.ts'
import { guestFaults } from './guest.ts'
import { runningFaults } from './host.ts'
import { fileFaults } from './host-files.ts'

export const faultTable: Readonly<Record<string, readonly Fault[]>> = {
  'In the VM': guestFaults,
  'On the host': [...runningFaults, ...fileFaults],
}
