/** Swap space of the guest. Live; a booting VM creates it. */
import { formatBytes } from '../../config/units.ts'
import { observedValue } from '../../observation.ts'
import { change, goesOn, inSync, notApplicable, operation, type Resource } from './resource.ts'

export const swap: Resource = (target, observed, vm) => {
  const now = observedValue(observed.guest)?.swapBytes
  // Without access to the guest, no difference is known.
  if (now?.state !== 'present' || !goesOn(vm)) return notApplicable
  const { swapBytes } = target.desired.vm
  if (now.value === swapBytes) return swapBytes === 0 ? notApplicable : inSync
  const shown = (bytes: number): string | undefined => (bytes === 0 ? undefined : formatBytes(bytes))
  return change([
    operation({
      kind: 'swap/set',
      subject: swapBytes === 0 ? 'none' : formatBytes(swapBytes),
      causes: [{ path: 'vm.swap', from: shown(now.value), to: shown(swapBytes) }],
      // The swap file is on the data disk.
      after: ['engine/ready', 'disk/grow'],
    }),
  ])
}
