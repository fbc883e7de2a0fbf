/** Live flows: throughput over time, containers, and a table that stays smooth with ten thousand rows. */
import type { JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import type { LiveContainer } from '../cli/live/live.ts'
import { Chart } from './chart.tsx'
import type { PageFlow } from './flow-store.ts'
import { FlowTable } from './flow-table.tsx'
import type { LiveState } from './live.ts'
import { Copy } from './parts.tsx'
import { captureLine, matching, type Order, sorted } from './sorting.ts'
import { rate, shown } from './text.ts'

export function Traffic({ live: { live, points } }: { live: LiveState }): JSX.Element {
  const [search, setSearch] = useState('')
  const [order, setOrder] = useState<Order>({ column: undefined, reversed: false })
  const [chosen, choose] = useState<string>()
  const flows = useMemo(() => sorted(matching(live?.flows ?? [], search), order), [live, search, order])
  const selected = flows.find(({ key }) => key === chosen)
  return (
    <>
      <Chart points={points} />
      <Talkers containers={live?.containers ?? []} onChoose={setSearch} />
      <div class="bar">
        <input
          type="search"
          aria-label="Filter flows"
          placeholder="container, name, address, port, state"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <span class="dim" role="status">
          {flows.length} of {live?.flows.length ?? 0} flows
        </span>
      </div>
      {selected !== undefined && <Selected flow={selected} />}
      <FlowTable flows={flows} order={order} onOrder={setOrder} chosen={chosen} onChoose={choose} />
    </>
  )
}

const shownTalkers = 8

function Talkers({
  containers,
  onChoose,
}: {
  containers: readonly LiveContainer[]
  onChoose: (name: string) => void
}): JSX.Element {
  const busy = (one: LiveContainer): number => one.sentPerSecond + one.receivedPerSecond
  const busiest = containers.toSorted((a, b) => busy(b) - busy(a)).slice(0, shownTalkers)
  return (
    <div class="bar">
      {busiest.map((one) => (
        <button type="button" key={one.name} onClick={() => onChoose(one.name)} title="show its flows only">
          {shown(one.name)} <span class="dim">{rate(busy(one))}</span>
        </button>
      ))}
    </div>
  )
}

function Selected({ flow }: { flow: PageFlow }): JSX.Element {
  const line = captureLine(flow)
  return (
    <div class="bar">
      <code>{shown(line)}</code>
      <Copy text={line} />
    </div>
  )
}
