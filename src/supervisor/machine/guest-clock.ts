/** The guest's clock: set when time went by without the guest, and given another source where it runs wrong. */
import { messageOf } from '../../errors/system.ts'
import { correctClockRate } from '../../vm/clock-rate.ts'
import type { Machine } from '../../vm/machine.ts'
import type { Log } from '../process/log.ts'

/** The host or the VM slept: the host's clock went on, the guest's did not. */
export async function setGuestClock(machine: Machine | undefined, log: Log): Promise<void> {
  if (machine?.agentUp !== true) {
    log.info({}, 'the clock of the guest is not set: its agent is not up')
    return
  }
  try {
    await machine.agent.setTime(BigInt(Date.now()) * 1_000_000n)
    log.info({}, 'set the clock of the guest')
  } catch (error) {
    // The guest's own time service finds it as well, within a minute.
    log.warn({ error: messageOf(error) }, 'the clock of the guest is not set')
  }
}

/** Once the machine is up; `signal` aborts when it is let go of. */
export async function watchClockRate(
  machine: Machine,
  { log, signal }: { log: Log; signal: AbortSignal },
): Promise<void> {
  const over = new AbortController()
  void machine.ended.then(() => over.abort())
  try {
    const rate = await correctClockRate(machine, AbortSignal.any([over.signal, signal]))
    if (rate !== undefined) log.warn({ rate }, "the guest's clock ran wrong; it has another source now")
  } catch (error) {
    if (!over.signal.aborted) log.info({ error: messageOf(error) }, "the guest's clock was not looked at")
  }
}
