/** Files in the running guest that we render, and kernel parameters, which are files too. */
import { daemonJsonPath } from '../engine/reload.ts'
import { absent, present, type Reading } from '../reading.ts'
import type { Control } from '../supervisor/api.ts'
import type { ObservedGuest } from './observed.ts'

/** In one call: no program is started in the guest for it, which under emulation takes as long as all the rest. */
export async function observeGuest(
  guest: Pick<Control, 'guestReadFiles'>,
  sysctlKeys: readonly string[],
  filePaths: readonly string[] = [],
): Promise<Reading<ObservedGuest>> {
  const paths = [daemonJsonPath, ...sysctlKeys.map(sysctlPath), ...filePaths]
  const readings = await guest.guestReadFiles(paths)
  const read = new Map(paths.map((path, i) => [path, readings[i] ?? absent]))
  const reading = (path: string): Reading<string> => read.get(path) ?? absent
  const sysctl = Object.fromEntries(sysctlKeys.map((key) => [key, reading(sysctlPath(key))]))
  const files = Object.fromEntries(filePaths.map((path) => [path, reading(path)]))
  return present({
    daemonJson: reading(daemonJsonPath),
    sysctl,
    ...(filePaths.length === 0 ? {} : { files }),
  })
}

/** sysctl(8): dots are slashes, and slashes are dots. */
const sysctlPath = (key: string): string =>
  `/proc/sys/${key.replaceAll(/[./]/g, (separator) => (separator === '.' ? '/' : '.'))}`
