/** Serializes changes of an environment. */
import { acquireLock, type Lock } from '../../host/flock.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'

export interface LockEnvironmentOptions {
  /** The running command, shown to waiting users, e.g. `desktop apply`. */
  command: string
  timeoutMs: number
  say: (line: string) => void
}

/** Throws `lock/held` with the holder's name on timeout. Never held during a prompt. */
export function lockEnvironment(
  { lock }: Pick<EnvironmentPaths, 'lock'>,
  { command, timeoutMs, say }: LockEnvironmentOptions,
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
