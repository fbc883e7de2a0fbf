/**
 * Differences between the file and the running environment, each listed once, however many operations repair
 * it.
 */
import type { PlanDocument } from '../../apply/plan/document.ts'
import { indented, oneLine } from '../../escape.ts'
import type { Cause, EffectClass, Note, Plan } from '../../reconcile/plan.ts'
import type { Output } from '../output.ts'
import { placeText } from './plan.ts'
import { policyView } from './policy.ts'

export interface Difference extends Cause {
  /** Machine of `vms` that differs; absent for objects of the swarm. */
  machine?: string
  /** The effect class of its repair. */
  effect: EffectClass
}

export interface DriftDocument {
  format: 'desktop-drift/1'
  environment: string
  drifted: boolean
  differences: readonly Difference[]
  notes: readonly Note[]
  violations: PlanDocument['violations']
  unchanged: number
}

export function driftDocument(plan: PlanDocument): DriftDocument {
  const { environment, operations, notes, violations, unchanged } = plan
  const differences = differencesOf(plan)
  return {
    format: 'desktop-drift/1',
    environment,
    drifted: operations.length > 0 || notes.some(({ drift }) => drift === true),
    differences,
    notes,
    violations,
    unchanged,
  }
}

export function differencesOf({
  operations,
  atBoot = [],
}: Pick<Plan, 'operations' | 'atBoot'>): Difference[] {
  const differences = new Map<string, Difference>()
  for (const { causes, effect, kind, machine } of [...operations, ...atBoot]) {
    const of = machine === undefined || kind.startsWith('stack/') ? {} : { machine }
    for (const cause of causes) {
      const key = JSON.stringify({ ...of, ...cause })
      if (!differences.has(key)) differences.set(key, { ...of, ...cause, effect })
    }
  }
  return [...differences.values()]
}

/** The differences of one machine as text, for views that show more than drift. */
export const driftTexts = (plan: Pick<Plan, 'operations' | 'atBoot' | 'notes'>): string[] => [
  ...differencesOf(plan).map(({ path, from, to }) => differenceText({ path, from, to })),
  ...plan.notes.flatMap(({ drift, about, message }) => (drift === true ? [`${about}: ${message}`] : [])),
]

/** A self-contained sentence. */
export const differenceText = ({ machine, path, from, to }: Cause & Pick<Difference, 'machine'>): string =>
  oneLine(
    `${machine === undefined ? '' : `${machine}: `}${path}: ${from ?? '(none)'}; should be ${to ?? '(none)'}`,
  )

/** `m.2/vm.disk`: unique among the machines. */
export const differenceName = ({ machine, path }: Pick<Difference, 'machine' | 'path'>): string =>
  machine === undefined ? path : `${machine}/${path}`

/** `1 difference from the file`. */
export const differencesFromFile = (count: number): string =>
  `${count} ${count === 1 ? 'difference' : 'differences'} from the file`

export function driftView(drift: DriftDocument, { style }: Pick<Output, 'style'>): string {
  const { environment, differences, notes, unchanged } = drift
  const apart = notes.filter((note) => note.drift === true).length
  const verdict = drift.drifted
    ? style(
        'yellow',
        `${environment}: ${differencesFromFile(differences.length + apart)}, ${unchanged} in sync.`,
      )
    : style('green', `${environment} matches the file.`)
  const lines = differences.map((difference) => {
    const where = difference.at === undefined ? '' : style('dim', `   # ${placeText(difference.at)}`)
    return `  ${differenceText(difference)}${where}`
  })
  const said = notes
    .filter(({ level }) => level !== 'info')
    .flatMap(({ level, about, message, hint, at }) => [
      `  ${level}: ${oneLine(about)}: ${indented(message)}${at === undefined ? '' : style('dim', `   # ${placeText(at)}`)}`,
      ...(hint === undefined ? [] : [`    ${indented(hint)}`]),
    ])
  return [verdict, ...lines, ...said, ...policyView(drift.violations, { style })]
    .map((line) => `${line}\n`)
    .join('')
}
