/**
 * Ctrl-C once: no further operation starts, and running ones get up to 7 s to finish. Twice: running
 * operations are killed. Either way the exit code is 130.
 */
import { DesktopError } from '../errors/desktop-error.ts'
import { exitCodes } from '../errors/exit-codes.ts'
import type { Output } from './output.ts'

const graceMs = 7_000

export interface Interrupts extends Disposable {
  /** Aborted by the first signal. */
  stop: AbortSignal
  /** Aborted by the second signal, or after the grace period: kill child processes. */
  kill: AbortSignal
}

/** For commands that change nothing until they finish: when interrupted, exits with 130. */
export async function unlessInterrupted<T>({ stop }: Interrupts, work: Promise<T>): Promise<T> {
  try {
    const result = await work
    if (!stop.aborted) return result
  } catch (error) {
    if (!stop.aborted) throw error
  }
  throw new DesktopError('apply/interrupted', 'interrupted; nothing was changed', {
    hint: 'run the same command again; it resumes the download',
  })
}

export function catchInterrupts({ say }: Pick<Output, 'say'>): Interrupts {
  const stop = new AbortController()
  const kill = new AbortController()
  let grace: NodeJS.Timeout | undefined
  const giveUp = (): never => {
    kill.abort()
    // The abort listeners have already run and sent their signals, synchronously.
    process.exit(exitCodes.interrupted)
  }
  const onSignal = (): void => {
    if (stop.signal.aborted) giveUp()
    say('stopping: running operations have 7 s to finish; press Ctrl-C again to abort')
    stop.abort()
    grace = setTimeout(giveUp, graceMs)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, onSignal)
  return {
    stop: stop.signal,
    kill: kill.signal,
    [Symbol.dispose]() {
      clearTimeout(grace)
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}
