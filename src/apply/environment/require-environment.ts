/**
 * Rejects a name without an environment: a mistyped `name:` would otherwise be reported as stopped or
 * removed.
 */
import { readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { didYouMean } from '../../config/nearest.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { holderFile } from '../../host/flock.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import { environmentNames } from './names.ts'

/** A partially applied environment counts, so that `destroy` can clean it up. */
export async function requireEnvironment(name: string, paths: EnvironmentPaths): Promise<void> {
  if (!(await isThere(paths))) throw await noEnvironment(name)
}

export async function noEnvironment(name: string): Promise<DesktopError> {
  // A rejected command leaves a lock file of the mistyped name.
  const names = (await environmentNames()).filter((other) => other !== name)
  const hint =
    didYouMean(name, names) ??
    (names.length === 0 ? '`desktop apply` creates one' : `there are: ${names.join(', ')}`)
  return new DesktopError('state/no-environment', `there is no environment "${name}"`, { hint })
}

/** A rejected command leaves only the files of its lock. */
export async function isThere({ stateDir, runtimeDir, lock }: EnvironmentPaths): Promise<boolean> {
  const found = await Promise.all([stateDir, runtimeDir].map((dir) => readdir(dir).catch(() => [])))
  const ofLock = [lock, holderFile(lock)].map((path) => basename(path))
  return found.flat().some((name) => !ofLock.includes(name))
}
