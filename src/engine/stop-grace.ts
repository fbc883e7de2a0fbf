/**
 * Queries the guest for the time that dockerd needs to stop its containers
 * (templates/guest/init/usr/sbin/stop-grace).
 */
import {
  defaultShutdownSeconds,
  defaultStopSeconds,
  graceSeconds,
  longestGraceSeconds,
} from '../config/daemon/stop-grace.ts'
import type { GuestAccess } from '../vm/agent/guest-access.ts'

/** A busy guest starts programs slowly; a stuck one must not delay its shutdown. */
const askMs = 10_000

/** Returns dockerd's default if the guest does not respond or lacks the script. */
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
