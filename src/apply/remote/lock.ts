/** The lock of a machine on another host, which its desktop holds for this command. */
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { LockEnvironmentOptions } from '../environment/lock.ts'
import type { HostSessions } from './sessions.ts'

/** Throws `lock/held`. undefined if the host is unreachable or has another version: the plan reports that. */
export async function lockThere(
  sessions: HostSessions,
  host: MachineHost,
  name: string,
  { command, timeoutMs }: Omit<LockEnvironmentOptions, 'say'>,
): Promise<AsyncDisposable | undefined> {
  try {
    const session = await sessions.of(host)
    await session.call('lock', { name, command, timeoutMs })
    return {
      [Symbol.asyncDispose]: async () => {
        // A lost connection has released it.
        await session.call('unlock', { name }).catch(() => {})
      },
    }
  } catch (error) {
    if (error instanceof DesktopError && error.code.startsWith('hosts/')) return undefined
    throw error
  }
}
