/** The lock of a machine on another host, which its desktop holds for this command. */
import type { MachineHost } from '../../config/desired.ts'
import type { LockEnvironmentOptions } from '../environment/lock.ts'
import { isHostLost } from './messages.ts'
import type { HostSessions } from './sessions.ts'

/**
 * Throws `lock/held`. undefined without a session with the host, whose error each later request to it throws: nothing
 * there is changed without the lock.
 */
export async function lockThere(
  sessions: HostSessions,
  host: MachineHost,
  name: string,
  { command, timeoutMs, say }: LockEnvironmentOptions,
): Promise<AsyncDisposable | undefined> {
  try {
    const session = await sessions.of(host)
    await session.call('lock', { name, command, timeoutMs }, ({ message }) => say(`${host.name}: ${message}`))
    return {
      [Symbol.asyncDispose]: async () => {
        // A lost connection has released it.
        await session.call('unlock', { name }).catch(() => {})
      },
    }
  } catch (error) {
    if (isHostLost(error)) return undefined
    throw error
  }
}
