/** Which guest images are still of use to someone: what pruning must leave alone. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../errors.ts'
import { baseDirs, environmentPaths } from '../host/paths.ts'
import { readState } from '../supervisor/state.ts'
import { generationNumbers, readGeneration } from './generation.ts'
import { readGoodVm } from './good-vm.ts'

/** Names of the environments that this user has, sorted. */
export async function environmentNames(dirs: ReturnType<typeof baseDirs> = baseDirs()): Promise<string[]> {
  try {
    return (await readdir(join(dirs.state, 'environments'))).sort()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

/**
 * Digests of the images that a kept generation, the last good VM or the running VM of any environment was started with. Throws when
 * one of them cannot be read: then nothing may be pruned.
 */
export async function referencedImages(dirs: ReturnType<typeof baseDirs> = baseDirs()): Promise<Set<string>> {
  const digests = new Set<string>()
  for (const name of await environmentNames(dirs)) {
    const { generationsDir, supervisorState, lastGoodVm } = environmentPaths(name, dirs)
    for (const number of await generationNumbers(generationsDir)) {
      const digest = (await readGeneration(generationsDir, number))?.imageDigest
      if (digest !== undefined) digests.add(digest)
    }
    const { vm } = await readState(supervisorState)
    if (vm !== undefined) digests.add(vm.spec.hashes.image)
    const good = await readGoodVm(lastGoodVm)
    if (good !== undefined) digests.add(good.spec.hashes.image)
  }
  return digests
}
