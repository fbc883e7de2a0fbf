/** A full host disk: QEMU pauses the guest on a failed write, and resumes it once there is space. */
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Machine } from '../../vm/driver.ts'
import type { Log } from '../process/log.ts'

/** With less free space, the guest would soon stall again. */
const roomBytes = 64 * 2 ** 20
const roomMs = 2_000

/** Waits for free space. QEMU buffers the failed write and repeats it when the guest continues. */
export async function waitForRoom(
  machine: Machine,
  { dataDisk, log, signal }: { dataDisk: string; log: Log; signal: AbortSignal },
): Promise<void> {
  log.warn({ dataDisk }, "this host's disk is full; the guest is paused")
  while (machine.stalled && !machine.stopping && machine.exited === undefined && !signal.aborted) {
    const { bavail, bsize } = await statfs(dirname(dataDisk))
    if (bavail * bsize >= roomBytes) {
      await machine.unstall().catch(() => {})
      if (!machine.stalled) log.info({}, 'disk space is back; the guest resumes')
    }
    await sleep(roomMs, undefined, { signal, ref: false }).catch(() => {})
  }
}
