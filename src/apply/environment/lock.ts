/** One change at a time for each environment. */
import { acquireLock, type Lock } from '../../host/flock.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'

interface LockOptions {
  /** The running command, shown to those who wait, e.g. `desktop apply`. */
  command: string
  timeoutMs: number
  say: (line: string) => void
}

/** Throws `lock/held`, naming the holder, when it cannot be had in time. Never held while a person is asked. */
export function lockEnvironment(
  { lock }: Pick<EnvironmentPaths, 'lock'>,
  { command, timeoutMs, say }: LockOptions,
): Promise<Lock> {
  return acquireLock(lock, {
    command,
    timeoutMs,
    onWait: (holder) =>
      say(
        `waiting for ${holder === undefined ? 'another command' : `${holder.command} (pid ${holder.pid})`}`,
      ),
  })
}
