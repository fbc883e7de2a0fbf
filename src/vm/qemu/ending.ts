/** Ways to end QEMU, from graceful to immediate. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { endProcess, sendSignal } from '../../host/end-process.ts'
import { isAlive, type ProcessIdentity } from '../../host/identity.ts'
import type { GuestAgent } from '../agent/agent.ts'
import type { Qmp } from './qmp.ts'

interface Ending {
  readonly identity: ProcessIdentity
  readonly qmp: Qmp
  readonly agent: GuestAgent
  readonly agentUp: boolean
  /** Resolves when QEMU has exited. */
  readonly ended: Promise<unknown>
}

const afterQuitMs = 3_000
const afterKillMs = 5_000
/** A saved machine has already flushed its data. */
const savedQuitMs = 10_000

/** Graceful shutdown by the agent or ACPI; at the deadline QMP quit, then SIGKILL. Throws `vm/stop-failed`. */
export async function shutDown(machine: Ending, deadlineMs: number): Promise<void> {
  const { agent, agentUp, qmp, identity } = machine
  const deadline = Date.now() + deadlineMs
  if (agentUp) agent.shutdown()
  else await qmp.execute('system_powerdown').catch(() => {})
  if (await endedBy(machine, deadline)) return
  await qmp.execute('quit').catch(() => {})
  if (await endedBy(machine, Date.now() + afterQuitMs)) return
  if (await isAlive(identity)) sendSignal(identity, 'SIGKILL')
  if (await endedBy(machine, Date.now() + afterKillMs)) return
  throw new DesktopError('vm/stop-failed', `QEMU (pid ${identity.pid}) does not exit`)
}

/** Immediately: the machine was saved and its disk is flushed. */
export async function quit(machine: Ending): Promise<void> {
  await machine.qmp.execute('quit').catch(() => {})
  if (!(await endedBy(machine, Date.now() + savedQuitMs))) await endProcess(machine.identity)
  await machine.ended
}

async function endedBy({ ended }: Ending, deadline: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, deadline - Date.now()), false)
  })
  try {
    return await Promise.race([ended.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
