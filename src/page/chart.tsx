/** Throughput of the last minutes. */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import UPlot from 'uplot'
import { amount } from '../amount.ts'
import type { Point } from '../cli/ui/events.ts'
import { rate } from './text.ts'

const dataOf = (points: readonly Point[]): UPlot.AlignedData => [
  points.map(({ time }) => time / 1000),
  points.map(({ sentPerSecond }) => sentPerSecond),
  points.map(({ receivedPerSecond }) => receivedPerSecond),
]

export function Chart({ points }: { points: readonly Point[] }): JSX.Element {
  const box = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | undefined>(undefined)
  const latest = useRef(points)
  latest.current = points
  useEffect(() => {
    const parent = box.current
    if (parent === null) return
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const draw = (): void => {
      plot.current?.destroy()
      plot.current = new UPlot(optionsFor(parent), dataOf(latest.current), parent)
    }
    const resize = new ResizeObserver(() => plot.current?.setSize(sizeOf(parent)))
    draw()
    resize.observe(parent)
    dark.addEventListener('change', draw)
    return () => {
      resize.disconnect()
      dark.removeEventListener('change', draw)
      plot.current?.destroy()
    }
  }, [])
  useEffect(() => plot.current?.setData(dataOf(points)), [points])
  const last = points.at(-1)
  const [sent, received] = [rate(last?.sentPerSecond ?? 0), rate(last?.receivedPerSecond ?? 0)]
  return (
    <>
      <div class="legend">
        <span class="sent">sent {sent}</span>
        <span class="received">received {received}</span>
      </div>
      <div class="chart" ref={box} role="img" aria-label="Throughput over time" />
    </>
  )
}

const sizeOf = ({ clientWidth, clientHeight }: Element): { width: number; height: number } => ({
  width: clientWidth,
  height: clientHeight,
})

function optionsFor(parent: Element): UPlot.Options {
  const style = getComputedStyle(parent)
  const colour = (name: string): string => style.getPropertyValue(name)
  const axis: UPlot.Axis = { stroke: colour('--dim'), grid: { stroke: colour('--line'), width: 1 } }
  return {
    ...sizeOf(parent),
    // A legend is written as markup, which trusted types forbid.
    legend: { show: false },
    cursor: { show: false },
    // At least a minute, so that a newly opened page does not start zoomed in.
    scales: {
      x: { range: (_plot, least, most) => [Math.min(least, most - 60), most] },
      y: { range: (_plot, _least, most) => [0, Math.max(1000, most * 1.1)] },
    },
    axes: [axis, { ...axis, size: 72, values: (_plot, ticks) => ticks.map((tick) => amount(tick)) }],
    series: [
      {},
      { label: 'sent', stroke: colour('--sent'), width: 1.5, points: { show: false } },
      { label: 'received', stroke: colour('--accent'), width: 1.5, points: { show: false } },
    ],
  }
}
