/** Every fault by hand that recovery is promised for: test/faults/table.test.ts drives it, docs/recovery.md shows it. */
import type { Fault } from './fault.ts'
import { guestFaults } from './guest.ts'
import { hostFaults } from './host.ts'

export const faultTable: Readonly<Record<string, readonly Fault[]>> = {
  'In the VM': guestFaults,
  'On the host': hostFaults,
}
