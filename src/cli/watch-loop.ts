/** Repeats a check, soon after a change, for at most a fifth of the time. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface LoopOptions {
  /** Milliseconds between checks without changes. */
  intervalMs: number
  signal: AbortSignal
}

/** Changes within this time share one check. */
const debounceMs = 300
/** Pause after a check, as a multiple of its duration. */
const restShare = 4

export interface Loop {
  /** Requests an early check after a change. */
  stir(): void
  /** Resolves once the signal is aborted and the running check has finished. */
  ended: Promise<void>
}

/** `look` reports its own errors; an exception ends the loop. */
export function watchLoop(look: () => Promise<void>, { intervalMs, signal }: LoopOptions): Loop {
  let wake: () => void = () => {}
  let stirred = Promise.withResolvers<void>()
  const wait = async (milliseconds: number, until?: Promise<void>): Promise<void> => {
    const stop = new AbortController()
    const timer = sleep(milliseconds, undefined, { signal: AbortSignal.any([signal, stop.signal]) })
    await Promise.race([timer.catch(() => {}), ...(until === undefined ? [] : [until])])
    stop.abort()
  }
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      stirred = Promise.withResolvers<void>()
      wake = stirred.resolve
      const began = performance.now()
      await look()
      const rest = Math.max(debounceMs, restShare * (performance.now() - began))
      await wait(rest)
      await wait(Math.max(0, intervalMs - rest), stirred.promise)
      if (!signal.aborted) await wait(debounceMs)
    }
  }
  return { stir: () => wake(), ended: run() }
}
