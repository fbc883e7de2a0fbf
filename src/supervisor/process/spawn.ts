/** Starts the supervisor of an environment as a process that outlives this one. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { privateDirectory } from '../../host/directories.ts'
import { awaitEnd, endProcess } from '../../host/end-process.ts'
import { livingSupervisor } from '../../host/environment-identity.ts'
import { lockOwner } from '../../host/flock.ts'
import { identityOf, isStopped, type ProcessIdentity } from '../../host/identity.ts'
import { supervisorPrefix } from '../../host/least-privilege.ts'
import { type EnvironmentPaths, packageRoot } from '../../host/paths.ts'
import { supervisorEnvironment } from '../../host/plain-environment.ts'
import { until } from '../../host/until.ts'
import type { Control } from '../api/api.ts'
import { connectSupervisor } from '../api/client.ts'

const readyMs = 30_000

/** The supervisor's bundle if present, otherwise its source. */
function entry(): string {
  const bundled = join(import.meta.dirname, 'supervisor.js')
  return existsSync(bundled) ? bundled : join(packageRoot(), 'src', 'supervisor', 'main.ts')
}

interface SpawnOptions {
  /** Whether the VM is one of `vms`, which may get peers on other hosts later. */
  isOneOfSeveral?: boolean
}

/** Resolves when the supervisor responds; if another process started one first, connects to that one. */
export async function spawnSupervisor(
  name: string,
  paths: EnvironmentPaths,
  { isOneOfSeveral = false }: SpawnOptions = {},
): Promise<Control> {
  await privateDirectory(paths.stateDir)
  await privateDirectory(paths.runtimeDir)
  const log = await open(paths.supervisorLog, 'a', 0o600)
  const [program = '', ...args] = [...(await supervisorPrefix()), process.execPath]
  const child = spawn(
    program,
    [...args, '--max-semi-space-size=16', entry(), name, String(process.pid), paths.runtimeDir],
    {
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      cwd: '/',
      env: supervisorEnvironment(isOneOfSeveral),
    },
  )
  let ended: string | undefined
  child.once('error', (error) => {
    ended = error.message
  })
  child.once('exit', (code, signal) => {
    ended = `ended with ${signal ?? code}`
  })
  child.unref()
  await log.close()
  try {
    return await until(
      async () => {
        const control = await connectSupervisor(paths).catch(() => undefined)
        if (control === undefined && ended !== undefined) throw new Error(ended)
        return control
      },
      { deadlineMs: readyMs, intervalMs: 15 },
    )
  } catch (error) {
    throw new DesktopError(
      'supervisor/start-failed',
      `${(error as Error).message}; see ${paths.supervisorLog}`,
      {
        cause: error,
      },
    )
  }
}

/**
 * Ends the supervisor, responsive or not, and waits for its process to exit. A supervisor of another version
 * gets the same request; if it rejects it, SIGTERM also makes it release QEMU.
 */
export async function endSupervisor(
  paths: EnvironmentPaths,
  pid: number | undefined,
  vm: 'stop' | 'keep',
): Promise<void> {
  const identity = await supervisorOf(paths, pid)
  const stopped = identity !== undefined && (await isStopped(identity))
  const control = stopped ? undefined : await connectSupervisor(paths).catch(() => undefined)
  const asked = await control?.shutdown({ vm }).then(
    () => true,
    () => false,
  )
  if (identity === undefined) return
  if (asked === true) await awaitEnd(identity)
  else await endProcess(identity)
}

/** Finds an unresponsive supervisor through its identity file, or otherwise through its lock. */
async function supervisorOf(
  paths: EnvironmentPaths,
  pid: number | undefined,
): Promise<ProcessIdentity | undefined> {
  const living = await livingSupervisor(paths)
  if (living !== undefined) return living
  const found = pid ?? (await lockOwner(paths.stateDir))
  return found === undefined ? undefined : await identityOf(found)
}
