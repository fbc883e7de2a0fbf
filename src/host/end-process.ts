/** Terminates processes that may ignore SIGTERM. */
import { systemCode } from '../errors/system.ts'
import { isAlive, type ProcessIdentity } from './identity.ts'
import { until } from './until.ts'

const graceMs = 5_000

/** Sends SIGTERM, and SIGKILL after the grace period. */
export async function endProcess(identity: ProcessIdentity, grace: number = graceMs): Promise<void> {
  if (await isAlive(identity)) {
    sendSignal(identity, 'SIGTERM')
    // A stopped process receives SIGTERM only once continued.
    sendSignal(identity, 'SIGCONT')
  }
  await awaitEnd(identity, grace)
}

/** Waits for the process to exit; kills it after the grace period. */
export async function awaitEnd(identity: ProcessIdentity, grace: number = graceMs): Promise<void> {
  const gone = async (): Promise<boolean> => !(await isAlive(identity))
  await until(gone, { deadlineMs: grace }).catch(async () => {
    sendSignal(identity, 'SIGKILL')
    await until(gone, { deadlineMs: graceMs })
  })
}

/** A process that has just exited counts as signalled. */
export function sendSignal({ pid }: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (systemCode(error) !== 'ESRCH') throw error
  }
}
