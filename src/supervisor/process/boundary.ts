/**
 * The last boundary of the supervisor process. An exception that no caller caught, in a callback of the engine, the
 * agent, the link or the console, costs its own event: it is logged, and every other VM connection keeps working.
 * Only a storm of them ends the process, since then nothing works and the next supervisor adopts the VM.
 */
import type { Log } from './log.ts'

interface BoundaryOptions {
  log: Log
  /** Brings what the exception interrupted back into a state in which events are handled. */
  recover: () => void
  exit: (code: number) => void
}

const stormMs = 10_000
const stormCount = 50

/** What `process` does when something is thrown and nobody catches it. */
export function boundary(
  { log, recover, exit }: BoundaryOptions,
  now: () => number = () => performance.now(),
): (thrown: unknown, where: string) => void {
  const times: number[] = []
  return (thrown, where) => {
    const error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
    log.error({ error, where }, 'uncaught exception')
    times.push(now())
    if (times.length > stormCount) times.shift()
    if (times.length === stormCount && now() - (times[0] ?? 0) < stormMs) {
      log.error({ count: stormCount, ms: stormMs }, 'too many exceptions: ending, the VM keeps running')
      exit(1)
    } else recover()
  }
}

export function guardProcess(options: BoundaryOptions): void {
  const caught = boundary(options)
  process.on('uncaughtException', (error) => caught(error, 'exception'))
  process.on('unhandledRejection', (reason) => caught(reason, 'rejection'))
}
