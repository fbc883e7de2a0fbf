/** Data from the server: the live network by server-sent events, documents by request. */
import { useLayoutEffect, useState } from 'preact/hooks'
import type { Live } from '../cli/live/live.ts'
import type { LiveEvent, Point } from '../cli/ui/events.ts'
import type { FlowChanges } from '../cli/ui/flow-rows.ts'
import { FlowStore, type PageFlow } from './flow-store.ts'
import { entered } from './session.ts'

export interface PageLive extends Omit<Live, 'flows'> {
  flows: readonly PageFlow[]
}

export interface LiveState {
  live: PageLive | undefined
  points: readonly Point[]
  /** The supervisor does not respond. */
  failure: string | undefined
  /** `desktop ui` has ended. */
  ended: boolean
}

const keptPoints = 600

/** The browser reconnects by itself and sends the last event id. */
export function useLive(): LiveState {
  const [state, setState] = useState<LiveState>({
    live: undefined,
    points: [],
    failure: undefined,
    ended: false,
  })
  // Other effects run after the first paint, a frame later.
  useLayoutEffect(() => {
    let source: EventSource | undefined
    let isGone = false
    void entered.then(() => {
      if (!isGone) source = openLive(setState)
    })
    return () => {
      isGone = true
      source?.close()
    }
  }, [])
  return state
}

function openLive(setState: (change: (before: LiveState) => LiveState) => void): EventSource {
  const source = new EventSource('/events/live')
  const store = new FlowStore()
  const on = <T>(name: string, take: (state: LiveState, data: T) => LiveState): void =>
    source.addEventListener(name, ({ data }) => {
      const value = JSON.parse(data) as T
      setState((before) => take(before, value))
    })
  on<Point[]>('points', (before, points) => ({
    ...before,
    points: joined(before.points, points),
    ended: false,
  }))
  on<LiveEvent>('live', (before, { point, flows, ...live }) => ({
    live: { ...live, flows: listed(store, flows) },
    points: point === undefined ? before.points : joined(before.points, [point]),
    failure: undefined,
    ended: false,
  }))
  on<{ reason: string }>('failure', (before, { reason }) => ({ ...before, failure: reason, ended: false }))
  source.onerror = () => setState((before) => ({ ...before, ended: true }))
  return source
}

function listed(store: FlowStore, changes: FlowChanges): readonly PageFlow[] {
  const nowMs = performance.now()
  store.apply(changes, nowMs)
  return store.list(nowMs)
}

/** Merges the points without duplicates. */
function joined(points: readonly Point[], more: readonly Point[]): readonly Point[] {
  const last = points.at(-1)?.id ?? 0
  return [...points, ...more.filter(({ id }) => id > last)].slice(-keptPoints)
}

export type Loaded<T> =
  | { state: 'loading' }
  | { state: 'loaded'; value: T }
  | { state: 'failed'; reason: string }

/** @param everyMs polling interval; undefined to load once. */
export function useData<T>(path: string, everyMs?: number): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' })
  useLayoutEffect(() => {
    const gone = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const load = async (): Promise<void> => {
      const next = await ask<T>(path, gone.signal)
      if (gone.signal.aborted) return
      setLoaded(next)
      if (everyMs !== undefined) timer = setTimeout(load, everyMs)
    }
    void load()
    return () => {
      gone.abort()
      clearTimeout(timer)
    }
  }, [path, everyMs])
  return loaded
}

async function ask<T>(path: string, signal: AbortSignal): Promise<Loaded<T>> {
  try {
    await entered
    const response = await fetch(`/data/${path}`, { signal })
    if (response.ok) return { state: 'loaded', value: (await response.json()) as T }
    const text = await response.text()
    return { state: 'failed', reason: response.status === 500 ? messageIn(text) : text.trim() }
  } catch (error) {
    return { state: 'failed', reason: error instanceof Error ? error.message : String(error) }
  }
}

function messageIn(text: string): string {
  const { code, message, hint } = JSON.parse(text) as { code: string; message: string; hint?: string }
  return `${message} [${code}]${hint === undefined ? '' : `; ${hint}`}`
}
