/** In the VM the host's docker.sock has the same path: for `docker run -v PATH:/var/run/docker.sock` with DOCKER_HOST's. */
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
