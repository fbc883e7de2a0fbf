/** Files in the running guest that we render. */
import { randomUUID } from 'node:crypto'
import { daemonJsonPath } from '../engine/reload.ts'
import { messageOf } from '../errors.ts'
import { absent, present, type Reading, unknown } from '../reading.ts'
import type { Control } from '../supervisor/api.ts'
import type { ObservedGuest } from './observed.ts'

type Guest = Pick<Control, 'guestExec' | 'guestReadFile'>

/** Prints, for each file, a line with the mark and `+` and then its content, or a line with the mark and `-`. */
const script = [
  'mark=$1; shift',
  'for f; do if [ -e "$f" ]; then echo "$mark +"; cat -- "$f" || echo "$mark !"; else echo "$mark -"; fi; done',
].join('\n')

export async function observeGuest(
  guest: Guest,
  sysctlKeys: readonly string[],
  filePaths: readonly string[] = [],
): Promise<Reading<ObservedGuest>> {
  // The agent reads a file without starting a program.
  const read = (path: string): Promise<Reading<string>> =>
    guest.guestReadFile(path).then(present, absentIfMissing)
  const [daemonJson, values, texts] = await Promise.all([
    read(daemonJsonPath),
    readMany(guest, sysctlKeys.map(sysctlPath)),
    Promise.all(filePaths.map(read)),
  ])
  const sysctl = Object.fromEntries(sysctlKeys.map((key, i) => [key, values[i] ?? absent]))
  const files = Object.fromEntries(filePaths.map((path, i) => [path, texts[i] ?? absent]))
  return present({ daemonJson, sysctl, ...(filePaths.length === 0 ? {} : { files }) })
}

/** The agent passes on what the guest's C library says. */
function absentIfMissing(error: unknown): Reading<string> {
  if (messageOf(error).includes('No such file')) return absent
  throw error
}

/** All in one program start, which costs an emulated guest more than reading does. */
async function readMany(guest: Guest, paths: readonly string[]): Promise<Reading<string>[]> {
  if (paths.length === 0) return []
  const mark = randomUUID()
  const { exitCode, stdout, stderr } = await guest.guestExec(['/bin/sh', '-c', script, 'sh', mark, ...paths])
  if (exitCode !== 0) throw new Error(stderr.trim() || `reading files in the guest ended with ${exitCode}`)
  const values = parseMarked(stdout, mark)
  if (values.length !== paths.length) throw new Error('the guest agent gave an answer that was cut short')
  return values
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
