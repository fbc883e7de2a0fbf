/** QEMU implementation of the hypervisor interface. */
import type { VmDriver } from '../driver.ts'
import { parkMachine, unparkMachine } from '../golden/park.ts'
import { endOrphans } from '../orphans.ts'
import { resumeMachine } from '../suspend/resume.ts'
import { adoptMachine, startMachine } from './start.ts'

export const qemuDriver: VmDriver = {
  start: startMachine,
  adopt: adoptMachine,
  resume: resumeMachine,
  park: parkMachine,
  unpark: unparkMachine,
  endOrphans,
}
