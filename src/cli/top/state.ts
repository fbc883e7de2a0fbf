/** State of `desktop top`, and how keys change it; keys follow htop. */
import type { Live, LiveFlow } from '../live/live.ts'

export const columns = ['rate', 'sent', 'received', 'total', 'rtt', 'idle', 'container', 'remote'] as const
export type SortColumn = (typeof columns)[number]

export interface TopState {
  environment: string
  live: Live | undefined
  /** Why there is no newer sample. */
  failure: string | undefined
  sort: SortColumn
  /** Reverses the natural order, which is descending for amounts and ascending for text. */
  reversed: boolean
  filter: string
  /** The filter is being typed. */
  typing: boolean
  paused: boolean
  /** First visible flow. */
  offset: number
}

export const initialTop = (environment: string): TopState => ({
  environment,
  live: undefined,
  failure: undefined,
  sort: 'rate',
  reversed: false,
  filter: '',
  typing: false,
  paused: false,
  offset: 0,
})

const numbers: Readonly<Record<Exclude<SortColumn, 'container' | 'remote'>, (flow: LiveFlow) => number>> = {
  rate: (flow) => flow.sentPerSecond + flow.receivedPerSecond,
  sent: (flow) => flow.sentPerSecond,
  received: (flow) => flow.receivedPerSecond,
  total: (flow) => flow.bytesFromGuest + flow.bytesToGuest,
  rtt: (flow) => flow.rttMs ?? -1,
  idle: (flow) => flow.idleMs,
}

const texts: Readonly<Record<'container' | 'remote', (flow: LiveFlow) => string>> = {
  container: (flow) => flow.container ?? '',
  remote: (flow) => flow.remote,
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Filtered and sorted. Ties keep their order between samples. */
export function shownFlows({ live, sort, reversed, filter }: TopState): LiveFlow[] {
  const wanted = filter.toLowerCase()
  const found = (live?.flows ?? []).filter((flow) => wanted === '' || searched(flow).includes(wanted))
  const order = (a: LiveFlow, b: LiveFlow): number => {
    if (sort === 'container' || sort === 'remote') return byText(texts[sort](a), texts[sort](b))
    return numbers[sort](b) - numbers[sort](a) || numbers.total(b) - numbers.total(a)
  }
  return found.sort((a, b) => (reversed ? order(b, a) : order(a, b)) || byText(a.key, b.key))
}

const searched = ({ protocol, guest, remote, remoteName, state, container }: LiveFlow): string =>
  `${protocol} ${container ?? ''} ${guest} ${remoteName ?? ''} ${remote} ${state}`.toLowerCase()

const letters: Readonly<Record<string, SortColumn>> = {
  r: 'rate',
  S: 'sent',
  R: 'received',
  T: 'total',
  i: 'idle',
  c: 'container',
}

/**
 * Handles a key.
 * @param page number of flow rows on the screen. Returns undefined to quit.
 */
export function pressed(state: TopState, key: string, page: number): TopState | undefined {
  if (key === '\u0003') return undefined
  if (state.typing) return typed(state, key)
  const to = (offset: number): TopState => ({ ...state, offset: clamped(offset, state, page) })
  const sort = letters[key]
  if (sort !== undefined) return { ...state, sort, offset: 0 }
  switch (key) {
    case 'q':
    case 'F10':
      return undefined
    case '/':
    case '\\':
    case 'F3':
    case 'F4':
      return { ...state, typing: true }
    case 'escape':
      return { ...state, filter: '', offset: 0 }
    case '>':
    case '.':
    case 'F6':
      return { ...state, sort: turned(state.sort, 1), offset: 0 }
    case '<':
    case ',':
      return { ...state, sort: turned(state.sort, -1), offset: 0 }
    case 'I':
      return { ...state, reversed: !state.reversed, offset: 0 }
    case ' ':
    case 'Z':
      return { ...state, paused: !state.paused }
    case 'down':
    case 'j':
      return to(state.offset + 1)
    case 'up':
    case 'k':
      return to(state.offset - 1)
    case 'pagedown':
      return to(state.offset + page)
    case 'pageup':
      return to(state.offset - page)
    case 'home':
      return to(0)
    case 'end':
      return to(Number.MAX_SAFE_INTEGER)
    default:
      return state
  }
}

function typed(state: TopState, key: string): TopState {
  if (key === 'return') return { ...state, typing: false }
  if (key === 'escape') return { ...state, typing: false, filter: '', offset: 0 }
  if (key === 'backspace') return { ...state, filter: state.filter.slice(0, -1), offset: 0 }
  return [...key].length === 1 ? { ...state, filter: state.filter + key, offset: 0 } : state
}

const clamped = (offset: number, state: TopState, page: number): number =>
  Math.max(0, Math.min(offset, shownFlows(state).length - page))

const turned = (sort: SortColumn, by: 1 | -1): SortColumn =>
  columns.at((columns.indexOf(sort) + by) % columns.length) ?? 'rate'
