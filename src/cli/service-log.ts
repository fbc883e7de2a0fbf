/** The log of a service in the VM, as printed by `service-log` there. */
import { didYouMean } from '../config/nearest.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import type { Control } from '../supervisor/api/api.ts'

/**
 * New lines since offset `at`, or the end of the log; returns the log's length as `at`. Each call starts a
 * program in the VM.
 */
export async function readServiceLog(
  control: Control,
  name: string,
  at: number | undefined,
  hostLogs: readonly string[],
): Promise<{ at: number; text: string }> {
  const argv = ['/usr/sbin/service-log', name, at === undefined ? '-' : String(at)]
  const { exitCode, stdout, stderr } = await control.guestExec(argv)
  if (exitCode !== 0) {
    const known = [...hostLogs, ...stderr.trim().split(/\s+/)]
    throw new DesktopError('cli/usage', `there is no log named "${name}"`, {
      hint: didYouMean(name, known) ?? `one of ${known.join(', ')}`,
    })
  }
  // The first line contains the current length of the log.
  const end = stdout.indexOf('\n')
  return { at: Number(stdout.slice(0, end)), text: stdout.slice(end + 1) }
}
