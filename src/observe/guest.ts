/** Files in the running guest that we render, read in one call of the guest agent: each call costs a program start. */
import { randomUUID } from 'node:crypto'
import { absent, present, type Reading, unknown } from '../reading.ts'
import type { ExecResult } from '../supervisor/api.ts'
import type { ObservedGuest } from './observed.ts'

export const daemonJsonPath = '/run/config/docker/daemon.json'

type GuestExec = (argv: readonly string[]) => Promise<ExecResult>

/** Prints, for each file, a line with the mark and `+` and then its content, or a line with the mark and `-`. */
const script = [
  'mark=$1; shift',
  'for f; do if [ -e "$f" ]; then echo "$mark +"; cat -- "$f" || echo "$mark !"; else echo "$mark -"; fi; done',
].join('\n')

export async function observeGuest(
  exec: GuestExec,
  sysctlKeys: readonly string[],
): Promise<Reading<ObservedGuest>> {
  const paths = [daemonJsonPath, ...sysctlKeys.map(sysctlPath)]
  const mark = randomUUID()
  const { exitCode, stdout, stderr } = await exec(['/bin/sh', '-c', script, 'sh', mark, ...paths])
  if (exitCode !== 0) return unknown(stderr.trim() || `reading files in the guest ended with ${exitCode}`)
  const [daemonJson, ...values] = parseMarked(stdout, mark)
  if (daemonJson === undefined || values.length !== sysctlKeys.length) {
    return unknown('the guest agent gave an answer that was cut short')
  }
  return present({
    daemonJson,
    sysctl: Object.fromEntries(sysctlKeys.map((key, i) => [key, values[i] ?? absent])),
  })
}

/** Exported for tests: what the script prints, back into one reading for each file. */
export function parseMarked(stdout: string, mark: string): Reading<string>[] {
  return stdout
    .split(`${mark} `)
    .slice(1)
    .reduce<Reading<string>[]>((readings, part) => {
      // A file that exists and cannot be read has a second mark after its (empty) content.
      if (part.startsWith('!')) readings[readings.length - 1] = unknown('it cannot be read')
      else readings.push(part.startsWith('+') ? present(part.slice(2)) : absent)
      return readings
    }, [])
}

/** sysctl(8): dots are slashes, and slashes are dots. */
const sysctlPath = (key: string): string =>
  `/proc/sys/${key.replaceAll(/[./]/g, (separator) => (separator === '.' ? '/' : '.'))}`
