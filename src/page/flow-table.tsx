/** The flow table, virtualised: the page contains only visible rows. */
// biome-ignore-all lint/a11y/useSemanticElements: a table element cannot leave out rows.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and its keys choose rows.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid takes the keys.
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { flowCells } from '../flow-cells.ts'
import type { PageFlow } from './flow-store.ts'
import { columns, type Order } from './sorting.ts'
import { none, shown } from './text.ts'

/** Equals --row in page.css. */
const rowPixels = 28
/** Rows rendered beyond the visible ones, so that scrolling shows no gap. */
const spareRows = 8

interface Props {
  flows: readonly PageFlow[]
  order: Order
  onOrder: (order: Order) => void
  chosen: string | undefined
  onChoose: (key: string) => void
}

export function FlowTable({ flows, order, onOrder, chosen, onChoose }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const [height, setHeight] = useState(400)
  useEffect(() => {
    const element = box.current
    if (element === null) return
    const watch = new ResizeObserver(() => setHeight(element.clientHeight))
    watch.observe(element)
    return () => watch.disconnect()
  }, [])
  const first = Math.max(0, Math.floor(top / rowPixels) - spareRows)
  const last = Math.min(flows.length, Math.ceil((top + height) / rowPixels) + spareRows)
  const move = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / rowPixels) - 2)
    const all = flows.length
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -all, End: all }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const at = Math.max(0, Math.min(all - 1, flows.findIndex(({ key }) => key === chosen) + by))
    const next = flows[at]
    const element = box.current
    if (next === undefined || element === null) return
    onChoose(next.key)
    // Below the header and above the lower edge.
    const lowest = (at + 2) * rowPixels - height
    element.scrollTop = Math.max(lowest, Math.min(at * rowPixels, element.scrollTop))
  }
  return (
    <div
      class="table"
      role="grid"
      aria-label="Flows"
      aria-rowcount={flows.length + 1}
      tabIndex={0}
      ref={box}
      onKeyDown={move}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <Head order={order} onOrder={onOrder} />
      <div class="rows" role="rowgroup" style={{ height: `${flows.length * rowPixels}px` }}>
        {flows.slice(first, last).map((flow, i) => (
          <Row
            key={flow.key}
            flow={flow}
            index={first + i}
            isChosen={flow.key === chosen}
            onChoose={onChoose}
          />
        ))}
      </div>
    </div>
  )
}

function Head({ order, onOrder }: Pick<Props, 'order' | 'onOrder'>): JSX.Element {
  return (
    <div class="heads" role="rowgroup">
      <div class="row head" role="row" aria-rowindex={1}>
        {columns.map(({ title, by, number }) => {
          const isOrder = title !== '' && title === order.column
          const reversed = isOrder && !order.reversed
          return (
            <div
              key={title}
              role="columnheader"
              class={number ? 'number' : ''}
              aria-sort={
                isOrder ? (order.reversed === (number === true) ? 'ascending' : 'descending') : undefined
              }
            >
              {by === undefined && <span class="unseen">Direction</span>}
              {by !== undefined && (
                <button type="button" onClick={() => onOrder({ column: title, reversed })}>
                  {title}
                  {isOrder ? (order.reversed ? ' ▲' : ' ▼') : ''}
                </button>
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

interface RowProps {
  flow: PageFlow
  index: number
  isChosen: boolean
  onChoose: (key: string) => void
}

function Row({ flow, index, isChosen, onChoose }: RowProps): JSX.Element {
  const cells = flowCells(flow, none)
  return (
    <div
      class="row body"
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      tabIndex={-1}
      style={{ top: `${index * rowPixels}px` }}
      onClick={() => onChoose(flow.key)}
    >
      {cells.map((cell, i) => (
        <div
          key={columns[i]?.title}
          role="gridcell"
          class={columns[i]?.number ? 'number' : ''}
          title={shown(cell)}
        >
          {shown(cell)}
        </div>
      ))}
    </div>
  )
}
