/** Follows the events of an engine that starts and stops with its VM. */
import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '../host/until.ts'
import type { EngineClient } from './client.ts'
import type { EngineEvent } from './replies.ts'

export interface Follower {
  filters: Readonly<Record<string, readonly string[]>>
  /** Called once subscribed: no event is missed from now on. */
  onOpen: () => void | Promise<void>
  onEvent: (event: EngineEvent) => void
  /** Called when the stream closed or following ended. */
  onGone: () => void | Promise<void>
  onFailure?: (error: unknown) => void
}

/** Back-off for an engine whose event stream keeps closing at once. */
const retryMs = { least: 1_000, most: 30_000 }
/** A stream that lived this long counts as successful. */
const livedMs = 10_000

/** Runs until aborted; an unreachable engine is retried every second. */
export async function followEngine(
  engine: EngineClient,
  { filters, onOpen, onEvent, onGone, onFailure }: Follower,
  signal: AbortSignal,
): Promise<void> {
  let wait = retryMs.least
  while (!signal.aborted) {
    let opened = Number.POSITIVE_INFINITY
    try {
      await until(() => engine.ping(2_000, signal), { deadlineMs: 600_000, intervalMs: 1_000, signal })
      const stream = engine.events(filters, onEvent, signal)
      await stream.opened
      opened = performance.now()
      await onOpen()
      await stream.closed
    } catch (error) {
      if (!signal.aborted) onFailure?.(error)
    }
    await onGone()
    const lived = performance.now() - opened
    wait = lived > livedMs ? retryMs.least : Math.min(wait * 2, retryMs.most)
    // After a long-lived stream, the VM or engine restarted and is expected back soon, so do not wait.
    if (!(lived > livedMs)) await sleep(wait, undefined, { signal }).catch(() => {})
  }
}
