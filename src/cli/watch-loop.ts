/** Repeats a check, soon after a change, for at most a fifth of the time. */
import { setTimeout as sleep } from 'node:timers/promises'

export interface LoopOptions {
  /** Milliseconds between looks while nothing stirs. */
  intervalMs: number
  signal: AbortSignal
}

/** What stirs within this time of the first is looked at together. */
const debounceMs = 300
/** A look that took one second is followed by four of rest. */
const restShare = 4

export interface Loop {
  /** Something may have changed: look soon. */
  stir(): void
  /** Resolves when the signal is aborted and the look that ran has ended. */
  ended: Promise<void>
}

/** `look` says itself what fails; when it throws, the loop ends with that. */
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
