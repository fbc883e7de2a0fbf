/**
 * Rejects a name without an environment: a mistyped `name:` would otherwise be reported as stopped or
 * removed.
 */
import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { didYouMean } from '../../config/nearest.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { holderFile } from '../../host/flock.ts'
import { locateEnvironment } from '../../host/locate.ts'
import { type EnvironmentPaths, environmentPaths } from '../../host/paths.ts'
import { environmentNames } from './names.ts'

/** A partially applied environment counts, so that `destroy` can clean it up. */
export async function requireEnvironment(name: string, paths: EnvironmentPaths): Promise<void> {
  if (!(await isThere(paths))) throw await noEnvironment(name)
}

export async function noEnvironment(name: string): Promise<DesktopError> {
  const all = await environmentNames()
  // A rejected command leaves a lock file of the mistyped name.
  const found = await Promise.all(all.map(async (other) => isThere(await placeOf(other))))
  const names = all.filter((other, index) => other !== name && found[index])
  const hint =
    didYouMean(name, names) ??
    (names.length === 0 ? '`desktop apply` creates one' : `there are: ${names.join(', ')}`)
  return new DesktopError('state/no-environment', `there is no environment "${name}"`, { hint })
}

const placeOf = (name: string): Promise<EnvironmentPaths> =>
  locateEnvironment(name).catch(() => environmentPaths(name))

/** A rejected command leaves only the files of its lock. */
export async function isThere({ stateDir, runtimeDir, lock }: EnvironmentPaths): Promise<boolean> {
  const found = await Promise.all([stateDir, runtimeDir].map((dir) => readdir(dir).catch(() => [])))
  const ofLock = [lock, holderFile(lock)].map((path) => basename(path))
  return found.flat().some((name) => !ofLock.includes(name))
}
