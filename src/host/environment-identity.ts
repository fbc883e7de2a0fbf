/**
 * Processes of an environment: a file in its state directory, written by the supervisor that holds the directory lock.
 * With it, any command finds the supervisor and QEMU, whatever its XDG_RUNTIME_DIR.
 */
import { readIfExists, writeAtomic } from './atomic-file.ts'
import { isAlive, type ProcessIdentity } from './identity.ts'
import type { EnvironmentPaths } from './paths.ts'
import { parseVersioned } from './versioned.ts'

const format = 'desktop-identity/1'

export interface EnvironmentIdentity {
  supervisor: ProcessIdentity
  toolVersion: string
  startedAt: string
  runtimeDir: string
  sockets: { control: string; docker?: string | undefined }
  /** The running QEMU. */
  vm?: ProcessIdentity | undefined
}

/** Returns undefined before the first supervisor, and for a damaged file, which is rewritten within a second. */
export async function readIdentity(path: string): Promise<EnvironmentIdentity | undefined> {
  const text = await readIfExists(path)
  if (text === undefined) return undefined
  try {
    const found = parseVersioned(path, text, format) as Partial<EnvironmentIdentity>
    const isWhole = typeof found.supervisor?.pid === 'number' && typeof found.runtimeDir === 'string'
    return isWhole ? (found as EnvironmentIdentity) : undefined
  } catch {
    return undefined
  }
}

export async function writeIdentity(path: string, identity: EnvironmentIdentity): Promise<void> {
  await writeAtomic(path, `${JSON.stringify({ format, ...identity }, null, 2)}\n`, { mode: 0o600 })
}

/** The supervisor of the identity, if that process is still running. */
export async function livingSupervisor({
  identity,
}: Pick<EnvironmentPaths, 'identity'>): Promise<ProcessIdentity | undefined> {
  const found = await readIdentity(identity)
  return found !== undefined && (await isAlive(found.supervisor)) ? found.supervisor : undefined
}
