/** Locates an environment: a running one keeps the runtime directory in which it was started. */
import { constants, existsSync } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { checkSocketPath } from './directories.ts'
import { type EnvironmentIdentity, readIdentity } from './environment-identity.ts'
import { isAlive } from './identity.ts'
import { type BaseDirs, baseDirs, type EnvironmentPaths, environmentPaths } from './paths.ts'

/** Throws `host/socket-path-too-long` before anything is created. */
export async function locateEnvironment(
  name: string,
  dirs: BaseDirs = baseDirs(),
): Promise<EnvironmentPaths> {
  const usual = environmentPaths(name, dirs)
  const identity = await readIdentity(usual.identity)
  const keeps =
    identity !== undefined && identity.runtimeDir !== usual.runtimeDir && (await isInUse(identity))
  const paths = keeps ? environmentPaths(name, dirs, identity.runtimeDir) : usual
  for (const socket of Object.values(paths.sockets)) checkSocketPath(socket)
  return paths
}

/** The runtime directory of an ended login session no longer exists and cannot be recreated. */
async function isInUse({ supervisor, vm, runtimeDir }: EnvironmentIdentity): Promise<boolean> {
  const runs = (await isAlive(supervisor)) || (vm !== undefined && (await isAlive(vm)))
  return runs && (await isUsable(runtimeDir))
}

async function isUsable(directory: string): Promise<boolean> {
  let place = directory
  while (!existsSync(place) && place !== dirname(place)) place = dirname(place)
  return await access(place, constants.W_OK).then(
    () => true,
    () => false,
  )
}
