/** Differences between file and reality, each once, whatever number of operations would repair it. */
import type { PlanDocument } from '../../apply/document.ts'
import type { Cause, Note } from '../../reconcile/plan.ts'
import type { Output } from '../output.ts'

export interface DriftDocument {
  format: 'desktop-drift/1'
  environment: string
  drifted: boolean
  differences: readonly Cause[]
  notes: readonly Note[]
  unchanged: number
}

export function driftDocument({ environment, operations, notes, unchanged }: PlanDocument): DriftDocument {
  const differences = new Map<string, Cause>()
  for (const { causes } of operations)
    for (const cause of causes) differences.set(JSON.stringify(cause), cause)
  return {
    format: 'desktop-drift/1',
    environment,
    drifted: operations.length > 0,
    differences: [...differences.values()],
    notes,
    unchanged,
  }
}

export function driftView(drift: DriftDocument, { style }: Pick<Output, 'style'>): string {
  const { environment, differences, notes, unchanged } = drift
  const verdict = drift.drifted
    ? style('yellow', `${environment}: ${differences.length} differ from the file, ${unchanged} do not.`)
    : style('green', `${environment} is as the file says.`)
  const lines = differences.map(
    ({ path, from, to }) => `  ${path}: ${from ?? '(none)'}; should be ${to ?? '(none)'}`,
  )
  const said = notes
    .filter(({ level }) => level !== 'info')
    .map(({ level, about, message }) => `  ${level}: ${about}: ${message}`)
  return [verdict, ...lines, ...said].map((line) => `${line}\n`).join('')
}
