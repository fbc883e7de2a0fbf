/** The environments of this user, by name. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { systemCode } from '../../errors/system.ts'
import { baseDirs } from '../../host/paths.ts'

/** Names of this user's environments, sorted. */
export async function environmentNames(dirs: ReturnType<typeof baseDirs> = baseDirs()): Promise<string[]> {
  try {
    return (await readdir(join(dirs.state, 'environments'))).sort()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  }
}

/** Whether the name is that of a machine of this environment: `lab.w.2` of `lab`, but not of `lab.w`. */
export const isMachineOf = (cluster: string, name: string): boolean =>
  name.startsWith(`${cluster}.`) && /^[a-z][a-z0-9-]*\.\d+$/.test(name.slice(cluster.length + 1))
