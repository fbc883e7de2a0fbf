/** Opens a machine for commands that use only its sockets, wherever it is. */
import type { MachineHost } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { systemCode } from '../../errors/system.ts'
import { controlClient, isAbsence } from '../../supervisor/api/client.ts'
import { claimed, type Environment, type EnvironmentOptions, readEnvironment } from './environment.ts'

/** Like `openEnvironment`. Throws `vm/not-running` for a machine on another host that has no supervisor. */
export async function openReachable(options: EnvironmentOptions): Promise<Environment> {
  const environment = await readEnvironment(options)
  const { host, desired } = environment
  if (host === undefined) return await claimed(environment)
  const { forwardSockets, requireApplied } = await import('./known-hosts.ts')
  await requireApplied(environment, host)
  await forwardSockets(desired.name, host)
  await requireSupervisor(environment, host)
  return environment
}

/** ssh accepts each connection, and closes it if nobody listens there. */
async function requireSupervisor({ desired, paths }: Environment, { name }: MachineHost): Promise<void> {
  await using control = controlClient(paths)
  try {
    await control.facts()
  } catch (error) {
    const code = systemCode((error as { cause?: unknown }).cause)
    if (!isAbsence(error) && code !== 'ECONNRESET' && code !== 'EPIPE') throw error
    throw new DesktopError('vm/not-running', `${desired.machine?.name} is not running on ${name}`, {
      hint: 'run `desktop apply` to start it',
    })
  }
}
