/** The log of a service in the VM, as `service-log` there gives it. */
import { didYouMean } from '../config/nearest.ts'
import { DesktopError } from '../errors/desktop-error.ts'
import type { Control } from '../supervisor/api/api.ts'

/** What is new since `at`, or its end; `at` is the length of the log then. Each look starts a program in the VM. */
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
  // The first line says how long the log is now.
  const end = stdout.indexOf('\n')
  return { at: Number(stdout.slice(0, end)), text: stdout.slice(end + 1) }
}
