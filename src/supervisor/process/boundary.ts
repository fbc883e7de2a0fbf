/**
 * Last resort for uncaught exceptions of the supervisor process, e.g. in a callback of the engine, the agent,
 * the link or the console. An exception costs only its own event: it is logged, and all other VM connections
 * keep working. A storm of exceptions ends the process, because nothing works then; the next supervisor
 * adopts the VM.
 */
import type { Log } from './log.ts'

interface BoundaryOptions {
  log: Log
  /** Restores a state in which events can be processed. */
  recover: () => void
  exit: (code: number) => void
}

const stormMs = 10_000
const stormCount = 50

/** Handler of uncaught exceptions and unhandled rejections. */
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
