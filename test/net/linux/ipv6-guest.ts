/** The guest's autoconfigured IPv6 address, and when it becomes usable. */
import { join } from 'node:path'
import { until } from '../../../src/host/until.ts'
import type { LinuxGuest } from './linux-guest.ts'

export const script: string = join(import.meta.dirname, 'guest-script.ts')

/** Autoconfigured address of a guest with the MAC of linux-guest.ts (RFC 4291 appendix A). */
export const own = 'fd65:1234:5678:0:50:ff:fe00:1'

/** Waits until duplicate address detection has completed. */
export async function settled({ run }: LinuxGuest): Promise<void> {
  const args = ['-6', '-o', 'addr', 'show', 'dev', 'tap0', 'scope', 'global', '-tentative']
  await until(async () => (await run('ip', ...args)).includes(own), { deadlineMs: 30_000 })
}
