/** State → screen lines. All guest text is escaped here; no line is wider than the screen. */
import { hideValues } from '../../errors/credentials.ts'
import { oneLine } from '../../escape.ts'
import { flowCells, rate } from '../../flow-cells.ts'
import type { Live, LiveContainer, LiveFlow } from '../live/live.ts'
import { type SortColumn, shownFlows, type TopState } from './state.ts'

export interface Size {
  rows: number
  columns: number
}

export interface Line {
  text: string
  style: 'title' | 'head' | 'plain' | 'dim' | 'alarm'
}

/** Maximum share of the screen for containers. */
const containerShare = 0.3

/** Placeholder for zero and unknown values. */
const none = '-'

/** The whole screen: exactly `rows` lines, with the keys in the last. */
export function topLines(state: TopState, size: Size): Line[] {
  const above = upperLines(state, size)
  const flows = shownFlows(state)
  const page = pageOf(state, size)
  const shown = flows.slice(state.offset, state.offset + page)
  const lines: Line[] = [...above, ...flowLines(state.sort, shown)].slice(0, Math.max(0, size.rows - 1))
  while (lines.length < size.rows - 1) lines.push({ text: '', style: 'plain' })
  lines.push(footer(state, flows.length))
  return lines.map(({ text, style }) => ({ text: fitted(text, size.columns), style }))
}

/** Number of flow rows on the screen. */
export const pageOf = (state: TopState, size: Size): number =>
  Math.max(1, size.rows - upperLines(state, size).length - 2)

/** The complete text, for a file or a pipe. */
export const topText = (state: TopState): string =>
  [
    ...upperLines(state, { rows: Number.MAX_SAFE_INTEGER, columns: Number.MAX_SAFE_INTEGER }),
    ...flowLines(undefined, shownFlows(state)),
  ]
    .map(({ text }) => `${text.trimEnd()}\n`)
    .join('')

function upperLines({ environment, live, failure }: TopState, { rows }: Size): Line[] {
  const title: Line = { text: titleOf(environment, live), style: 'title' }
  const alarm: Line[] = failure === undefined ? [] : [{ text: safe(failure), style: 'alarm' }]
  const containers = live?.containers ?? []
  if (containers.length === 0) return [title, ...alarm, { text: '', style: 'plain' }]
  const room = Math.max(1, Math.floor(rows * containerShare))
  const busiest = containers.toSorted((a, b) => busy(b) - busy(a) || (a.name < b.name ? -1 : 1))
  const rest = containers.length - room
  return [
    title,
    ...alarm,
    ...table(containerHead, busiest.slice(0, room).map(containerCells)),
    ...(rest > 0 ? [{ text: `and ${rest} more`, style: 'dim' } as const] : []),
    { text: '', style: 'plain' },
  ]
}

function titleOf(environment: string, live: Live | undefined): string {
  if (live === undefined) return `${safe(environment)}  waiting for the supervisor`
  const { vm, accelerator, engine, engineReason, containers, flows } = live
  const engineText = engine === null ? `engine down: ${engineReason ?? ''}` : `engine ${engine}`
  const parts = [
    environment,
    accelerator === null ? `vm ${vm}` : `vm ${vm} (${accelerator})`,
    engineText,
    `containers ${containers.length}`,
    `flows ${flows.length}`,
    `sent ${rate(live.sentPerSecond, none)}`,
    `received ${rate(live.receivedPerSecond, none)}`,
  ]
  return parts.map(safe).join('  ')
}

const busy = (one: LiveContainer): number => one.sentPerSecond + one.receivedPerSecond

const containerHead = ['CONTAINER', 'ADDRESS', 'PORTS', 'FLOWS', 'SENT/s', 'RECEIVED/s']
const containerCells = (one: LiveContainer): string[] => [
  one.name,
  one.addresses.join(' '),
  one.ports.join(' '),
  String(one.flows),
  rate(one.sentPerSecond, none),
  rate(one.receivedPerSecond, none),
]

const flowHead: readonly (readonly [title: string, sort?: SortColumn])[] = [
  ['PROTO'],
  ['CONTAINER', 'container'],
  ['GUEST'],
  [''],
  ['REMOTE', 'remote'],
  ['STATE'],
  ['SENT/s', 'sent'],
  ['RECEIVED/s', 'received'],
  ['TOTAL', 'total'],
  ['RTT', 'rtt'],
  ['IDLE', 'idle'],
]

/** @param sort column to mark in the header; `rate` is the sum of two columns. */
function flowLines(sort: SortColumn | undefined, flows: readonly LiveFlow[]): Line[] {
  const head = flowHead.map(([title, column]) =>
    column !== undefined && (column === sort || (sort === 'rate' && /^(sent|received)$/.test(column)))
      ? `${title}▼`
      : title,
  )
  return table(
    head,
    flows.map((flow) => flowCells(flow, none)),
  )
}

/** Limit, because a name as wide as the screen would leave no room for the amounts. */
const maxCell = 40

function table(head: readonly string[], rows: readonly (readonly string[])[]): Line[] {
  const texts = [head, ...rows.map((row) => row.map((cell) => fitted(safe(cell), maxCell)))]
  const widths = head.map((_, i) => texts.reduce((most, row) => Math.max(most, widthOf(row[i] ?? '')), 0))
  return texts.map((row, y) => ({
    text: row.map((cell, i) => cell + ' '.repeat((widths[i] ?? 0) - widthOf(cell))).join('  '),
    style: y === 0 ? 'head' : 'plain',
  }))
}

function footer({ typing, filter, paused, sort, reversed }: TopState, count: number): Line {
  if (typing) return { text: `/${safe(filter)}▏  Enter keeps the filter, Esc clears it`, style: 'title' }
  const parts = [
    'q quit',
    filter === '' ? '/ filter' : `/ ${safe(filter)} (${count}), Esc all`,
    `< > sort: ${sort}${reversed ? ' reversed' : ''}`,
    'I reverse',
    paused ? 'Space PAUSED' : 'Space pause',
    '↑ ↓ scroll',
  ]
  return { text: parts.join('  '), style: 'dim' }
}

const safe = (text: string): string => oneLine(hideValues(text))

const widthOf = (text: string): number => [...text].length

function fitted(text: string, columns: number): string {
  const characters = [...text]
  return characters.length <= columns ? text : `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`
}
