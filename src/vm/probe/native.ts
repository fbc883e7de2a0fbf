/** The accelerator of this kind of host, and quick checks that rule it out. Never cached. */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import type { Accelerator } from '../../config/desired.ts'
import { systemCode } from '../../errors/system.ts'

export type NativeAccelerator = 'kvm' | 'hvf'

export const nativeAccelerator = (platform: NodeJS.Platform = process.platform): NativeAccelerator =>
  platform === 'darwin' ? 'hvf' : 'kvm'

/** Reason for emulation, and how to enable the accelerator. */
export interface EmulationReason {
  reason: string
  hint: string
}

/** Accelerator of a VM on this host; `reason` and `hint` if the CPU is emulated although emulation was not requested. */
export interface AcceleratorAnswer extends Partial<EmulationReason> {
  accelerator: Accelerator
}

/** undefined = not ruled out, so it is probed. */
export async function ruledOut(
  native: NativeAccelerator,
  device = '/dev/kvm',
): Promise<EmulationReason | undefined> {
  if (native !== 'kvm') return undefined
  try {
    await access(device, constants.R_OK | constants.W_OK)
    return undefined
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') {
      return {
        reason: `this user may not open ${device}`,
        hint: 'as root: usermod -aG kvm YOUR-NAME; then log in again',
      }
    }
    return {
      reason: `${device} does not exist`,
      hint: 'as root: modprobe kvm_intel (or kvm_amd); virtualization must be enabled in the firmware or the outer VM',
    }
  }
}
