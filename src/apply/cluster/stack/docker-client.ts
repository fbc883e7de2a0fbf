/** The docker program that reads compose files: the host's own or Debian's, as for `desktop docker`. */
import { dockerClient, hostGlibc } from '../../../guest/debian/client.ts'
import { readLockFile } from '../../../guest/lock-file.ts'
import { findProgram } from '../../../host/packages.ts'
import { cachePaths } from '../../../host/paths.ts'

/** Absolute path. Downloads Debian's client to the cache if the host has none. */
export async function dockerProgram(lockFile: string | undefined): Promise<string> {
  const host = await findProgram('docker')
  if (host !== undefined) return host
  const lock = lockFile === undefined ? undefined : await readLockFile(lockFile)
  const { docker } = await dockerClient({ cache: cachePaths(), lock, glibc: hostGlibc() })
  return docker
}
