/** Asks the guest how long dockerd may take to stop its containers (templates/guest/init/usr/sbin/stop-grace). */
import {
  defaultShutdownSeconds,
  defaultStopSeconds,
  graceSeconds,
  longestGraceSeconds,
} from '../config/daemon/stop-grace.ts'
import type { GuestAccess } from '../vm/agent/guest-access.ts'

/** A guest that is busy starts a program late; one that is stuck does not hold up its end. */
const askMs = 10_000

/** Of a guest that does not answer, or has no such script yet: what dockerd does by default. */
export async function askGraceSeconds(exec: GuestAccess['guestExec']): Promise<number> {
  const usual = graceSeconds(defaultShutdownSeconds, defaultStopSeconds)
  try {
    const { exitCode, stdout } = await exec(['/usr/sbin/stop-grace'], { timeoutMs: askMs })
    if (exitCode !== 0 || !/^\d{1,4}\n$/.test(stdout)) return usual
    return Math.min(Number(stdout), longestGraceSeconds)
  } catch {
    return usual
  }
}
