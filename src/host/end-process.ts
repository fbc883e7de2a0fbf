/** The end of a process that was asked to end and may not obey. */
import { isAlive, type ProcessIdentity } from './identity.ts'
import { until } from './until.ts'

const graceMs = 5_000

/** Waits until the process is gone; one that is still there after 5 s is killed. */
export async function awaitEnd(identity: ProcessIdentity): Promise<void> {
  const gone = async (): Promise<boolean> => !(await isAlive(identity))
  await until(gone, { deadlineMs: graceMs }).catch(async () => {
    process.kill(identity.pid, 'SIGKILL')
    await until(gone, { deadlineMs: graceMs })
  })
}
