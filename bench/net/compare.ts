/**
 * Samples of alternating peers → rows: medians, ranges, and ratios of our result to each peer's of the same
 * run.
 */
import { rounded, type Summary, summary } from './measure.ts'

/** A peer's result in one cell, e.g. gigabitsPerSecond; NaN if there is none. */
export type Sample = Readonly<Record<string, number>>

/** A sample of each cell in each run, by peer. */
export type Runs<Cell> = ReadonlyMap<string, readonly ReadonlyMap<Cell, Sample>[]>

export interface Row {
  peer: string
  /** By field of the samples. */
  medians: Record<string, Summary>
  /** For our rows: our result divided by the peer's of the same run, by field and peer. */
  ratioTo: Record<string, Record<string, Summary>>
}

const ours = 'desktop'

/** @param compared fields to calculate ratios for. */
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

/**
 * `--mtu 1500 --peers a,b` → `NAME-mtu-1500-peers-a+b`: a partial measurement must not overwrite the complete
 * one.
 */
export function nameOfPart(name: string, parts: Readonly<Record<string, string | undefined>>): string {
  const words = Object.entries(parts).flatMap(([key, value]) => (value === undefined ? [] : [key, value]))
  return [name, ...words].join('-').replaceAll(',', '+')
}

/** `7.8 (7.5–8.17)` */
export const shown = ({ median, min, max }: Summary): string => `${rounded(median)} (${min}–${max})`

/** For example `1.25x passt`, for each compared peer. */
export const besides = (ratioTo: Readonly<Record<string, Summary>>): string[] =>
  Object.entries(ratioTo).map(([peer, { median }]) => `${median}x ${peer}`)
