/** Formats a file of bench/results as Markdown tables for docs/performance.md. */

export interface Range {
  median: number
  min: number
  max: number
}

type Row = Readonly<Record<string, unknown>>

export interface Results {
  date: string
  load?: string | number
  loadAtEnd?: number
  runs?: number
  rows: readonly Row[]
  figures: readonly Row[]
  [key: string]: unknown
}

/** A section: one table per results file. */
export interface Section {
  title: string
  command: string
  file: string
  text: readonly string[]
  table: (results: Results) => readonly string[]
}

export const number = (value: number): string =>
  String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)))

const rangeText = ({ median, min, max }: Range): string =>
  min === max ? number(median) : `${number(median)} (${number(min)}–${number(max)})`

const rangeOf = ({ median, all }: { median: number; all: readonly number[] }): Range => ({
  median,
  min: Math.min(...all),
  max: Math.max(...all),
})

/** Some results record a count as a range of equal values. */
const keyText = (value: unknown): string =>
  typeof value === 'object' && value !== null ? number((value as Range).median) : String(value)

export const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
export const head = (cells: readonly string[]): string[] => [line(cells), `|${'---|'.repeat(cells.length)}`]

/** One row per combination of keys, one column per peer, and the ratio to each measured peer. */
export function beside(
  { rows }: Results,
  { keys, metric, peerKey = 'peer' }: { keys: readonly string[]; metric: string; peerKey?: string },
): string[] {
  const peers = [...new Set(rows.map((row) => String(row[peerKey])))]
  const groups = Map.groupBy(rows, (row) => keys.map((key) => keyText(row[key])).join(' · '))
  const hasRatios = rows.some(({ ratioTo }) => ratioTo !== undefined)
  const others = peers.filter((peer) => peer !== 'desktop')
  const table = [...groups].map(([group, members]) => {
    const of = (peer: string): Row | undefined => members.find((row) => row[peerKey] === peer)
    const cells = peers.map((peer) => {
      const value = of(peer)?.[metric] as Range | undefined
      return value === undefined ? '' : rangeText(value)
    })
    const ratioTo = of('desktop')?.ratioTo as Readonly<Record<string, Range>> | undefined
    const ratios = others.map((peer) =>
      ratioTo?.[peer] === undefined ? '' : `${number(ratioTo[peer].median)} ×`,
    )
    return line([group, ...cells, ...(hasRatios ? ratios : [])])
  })
  return [
    ...head([keys.join(' · '), ...peers, ...(hasRatios ? others.map((peer) => `to ${peer}`) : [])]),
    ...table,
  ]
}

/** A table with one row per figure. */
export function figures({ figures }: Results): string[] {
  const rows = figures.map((figure) => {
    const { what, unit, target } = figure as { what: string; unit: string; target: string }
    return line([what, `${rangeText(figure as unknown as Range)} ${unit}`, target])
  })
  return [...head(['', 'median (range)', 'target']), ...rows]
}

/** Rows for `{ median, all }` values, with descriptive names. */
export const named = (
  values: Readonly<Record<string, { median: number; all: readonly number[] }>>,
  names: Readonly<Record<string, string>>,
): string[] => [
  ...head(['', 'median (range)']),
  ...Object.entries(names).map(([key, text]) => {
    const value = values[key]
    if (value === undefined) throw new Error(`bench/results has no ${key}`)
    return line([text, rangeText(rangeOf(value))])
  }),
]

export const throughput = (results: Results): string[] =>
  beside(results, { keys: ['mtu', 'direction', 'streams'], metric: 'gigabitsPerSecond' })

export function ways({ rows }: Results): string[] {
  const columns = ['MTU · protocol', 'MB/s', 'ratio to the mapped port', 'forwarder, CPU ms per 100 MB']
  const table = rows.map((row) => {
    const [speed, ratio, cost] = ['megabytesPerSecond', 'toMapped', 'cpuMsPer100Megabytes'].map((key) =>
      rangeText(row[key] as Range),
    )
    return line([`${row.mtu} · ${row.way}`, speed ?? '', ratio ?? '', cost ?? ''])
  })
  return [...head(columns), ...table]
}
