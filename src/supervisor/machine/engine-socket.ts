/**
 * Links docker.sock in the VM at the host's path, so that `docker run -v PATH:/var/run/docker.sock` works
 * with the path in DOCKER_HOST.
 */
import { messageOf } from '../../errors/system.ts'
import type { Log } from '../process/log.ts'
import type { MachineSlot } from './machine-slot.ts'

export async function linkEngineSocket({ machine }: MachineSlot, path: string, log: Log): Promise<void> {
  if (machine?.agentUp !== true) return
  try {
    await machine.agent.exec(['/usr/sbin/engine-socket', path], { timeoutMs: 10_000 })
  } catch (error) {
    log.warn({ error: messageOf(error) }, 'docker.sock is not linked in the VM')
  }
}
