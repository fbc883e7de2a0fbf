/** The events of an engine that comes and goes with its VM. */
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../host/until.ts'
import type { EngineClient, EngineEvent } from './client.ts'

export interface Follower {
  filters: Readonly<Record<string, readonly string[]>>
  /** Subscribed: nothing that happens from now on is missed. */
  onOpen: () => void | Promise<void>
  onEvent: (event: EngineEvent) => void
  /** The engine went away, or following it ended. */
  onGone: () => void | Promise<void>
  onFailure?: (error: unknown) => void
}

/** Works until aborted; an engine that is away is asked again every second. */
export async function followEngine(
  engine: EngineClient,
  { filters, onOpen, onEvent, onGone, onFailure }: Follower,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await until(() => engine.ping(2_000, signal), { deadlineMs: 600_000, intervalMs: 1_000, signal })
      const stream = engine.events(filters, onEvent, signal)
      await stream.opened
      await onOpen()
      await stream.closed
    } catch (error) {
      if (!signal.aborted) onFailure?.(error)
      await sleep(1_000, undefined, { signal }).catch(() => {})
    }
    await onGone()
  }
}
