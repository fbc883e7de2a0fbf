/** Polls for a condition that has no notification. */
import { setTimeout as sleep } from 'node:timers/promises'

interface UntilOptions {
  deadlineMs: number
  intervalMs?: number
  signal?: AbortSignal
}

/** Resolves with the first truthy value; rejects with a plain Error at the deadline, or when aborted. */
export async function until<T>(
  probe: () => Promise<T | undefined | false>,
  { deadlineMs, intervalMs = 50, signal }: UntilOptions,
): Promise<T> {
  const deadline = Date.now() + deadlineMs
  for (;;) {
    signal?.throwIfAborted()
    const value = await probe()
    if (value !== undefined && value !== false) return value
    if (Date.now() >= deadline) throw new Error(`timed out after ${deadlineMs} ms`)
    await sleep(intervalMs, undefined, signal === undefined ? {} : { signal })
  }
}
