/** Samples of peers that took turns → rows: medians and ranges, and ours beside each other's, run by run. */
import { rounded, type Summary, summary } from './measure.ts'

/** What one peer did in one cell, e.g. gigabitsPerSecond; NaN where there is nothing to be told. */
export type Sample = Readonly<Record<string, number>>

/** A sample of each cell in each run, by the name of the peer. */
export type Runs<Cell> = ReadonlyMap<string, readonly ReadonlyMap<Cell, Sample>[]>

export interface Row {
  peer: string
  /** Of each field of the samples. */
  medians: Record<string, Summary>
  /** Of our rows: our figure divided by the other's of the same run, by field and by peer. */
  ratioTo: Record<string, Record<string, Summary>>
}

const ours = 'desktop'

/** @param compared fields whose ratios are of interest. */
export function rowsOf<Cell>(runs: Runs<Cell>, cell: Cell, compared: readonly string[]): Row[] {
  const of = (peer: string, field: string) => runs.get(peer)!.map((run) => run.get(cell)![field]!)
  return [...runs].map(([peer, [first]]) => {
    const fields = Object.keys(first!.get(cell)!)
    const others = peer === ours ? [...runs.keys()].filter((other) => other !== ours) : []
    const ratio = (field: string, other: string): Summary => {
      const theirs = of(other, field)
      return summary(of(peer, field).map((value, index) => value / theirs[index]!))
    }
    return {
      peer,
      medians: Object.fromEntries(fields.map((field) => [field, summary(of(peer, field))])),
      ratioTo: Object.fromEntries(
        compared.map((field) => [
          field,
          Object.fromEntries(others.map((other) => [other, ratio(field, other)])),
        ]),
      ),
    }
  })
}

/** `--mtu 1500 --peers a,b` → `NAME-mtu-1500-peers-a+b`: part of a measurement does not replace the whole. */
export function nameOfPart(name: string, parts: Readonly<Record<string, string | undefined>>): string {
  const words = Object.entries(parts).flatMap(([key, value]) => (value === undefined ? [] : [key, value]))
  return [name, ...words].join('-').replaceAll(',', '+')
}

/** `7.8 (7.5–8.17)` */
export const shown = ({ median, min, max }: Summary): string => `${rounded(median)} (${min}–${max})`

/** `1.25x passt`, of each peer that ours is beside. */
export const besides = (ratioTo: Readonly<Record<string, Summary>>): string[] =>
  Object.entries(ratioTo).map(([peer, { median }]) => `${median}x ${peer}`)
