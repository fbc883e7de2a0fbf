/** Starts the supervisor of an environment as a process that outlives this one. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../errors.ts'
import { privateDirectory } from '../host/directories.ts'
import { awaitEnd } from '../host/end-process.ts'
import { identityOf } from '../host/identity.ts'
import { type EnvironmentPaths, packageRoot } from '../host/paths.ts'
import { until } from '../host/until.ts'
import type { Control } from './api.ts'
import { connectSupervisor } from './client.ts'

const readyMs = 30_000

/** The bundle when this is one, else the source. */
function entry(): string {
  const bundled = join(import.meta.dirname, 'supervisor.js')
  return existsSync(bundled) ? bundled : join(packageRoot(), 'src', 'supervisor', 'main.ts')
}

/** Resolves when it answers; when another one was there first, that one is used. */
export async function spawnSupervisor(name: string, paths: EnvironmentPaths): Promise<Control> {
  await privateDirectory(paths.stateDir)
  await privateDirectory(paths.runtimeDir)
  const log = await open(paths.supervisorLog, 'a', 0o600)
  const child = spawn(process.execPath, ['--max-semi-space-size=16', entry(), name], {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    cwd: '/',
  })
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

/** Ends the supervisor, whether or not it still answers, and waits until its process is gone. */
export async function endSupervisor(
  paths: EnvironmentPaths,
  pid: number | undefined,
  vm: 'stop' | 'keep',
): Promise<void> {
  const identity = pid === undefined ? undefined : await identityOf(pid)
  const control = await connectSupervisor(paths).catch(() => undefined)
  await control?.shutdown({ vm }).catch(() => {})
  if (identity !== undefined) await awaitEnd(identity)
}
