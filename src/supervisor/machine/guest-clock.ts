/**
 * The guest's clock: set after a pause of the guest, and switched to another clock source if its rate is
 * wrong.
 */
import { messageOf } from '../../errors/system.ts'
import { correctClockRate } from '../../vm/clock-rate.ts'
import type { Machine } from '../../vm/driver.ts'
import type { Log } from '../process/log.ts'

/** Sets the guest clock after the host or the VM slept, because only the host's clock kept running. */
export async function setGuestClock(machine: Machine | undefined, log: Log): Promise<void> {
  if (machine?.agentUp !== true) {
    log.info({}, 'cannot set the guest clock: its agent is not up')
    return
  }
  try {
    await machine.agent.setTime()
    log.info({}, 'set the guest clock')
  } catch (error) {
    // The guest's time service corrects the clock too, within a minute.
    log.warn({ error: messageOf(error) }, 'cannot set the guest clock')
  }
}

/** Call once the machine is up; `signal` aborts when it is released. */
export async function watchClockRate(
  machine: Machine,
  { log, signal }: { log: Log; signal: AbortSignal },
): Promise<void> {
  const over = new AbortController()
  void machine.ended.then(() => over.abort())
  try {
    const rate = await correctClockRate(machine, AbortSignal.any([over.signal, signal]))
    if (rate !== undefined)
      log.warn({ rate }, 'the guest clock ran at a wrong rate; switched its clock source')
  } catch (error) {
    if (!over.signal.aborted) log.info({ error: messageOf(error) }, 'cannot check the guest clock')
  }
}
