/** Policy violations as text: location, rule, reason, and the source with a caret if available. */
import type { PlanDocument } from '../../apply/plan/document.ts'
import type { FileRange } from '../../errors/desktop-error.ts'
import { indented, oneLine } from '../../escape.ts'
import type { Output } from '../output.ts'
import { placeText } from './plan.ts'

type Shown = Omit<PlanDocument['violations'][number], 'at'> & { at?: FileRange }

export function policyView(violations: readonly Shown[], { style }: Pick<Output, 'style'>): string[] {
  return violations.flatMap(({ rule, severity, message, from, at }) => {
    const [word, colour] =
      severity === 'error' ? (['policy', 'red'] as const) : (['policy warning', 'yellow'] as const)
    const where = at === undefined ? '' : `${placeText(at)}  `
    return [
      `${where}${style(colour, word)}: ${oneLine(rule)}: ${indented(message)}`,
      ...(at?.frame === undefined ? [] : [at.frame]),
      style('cyan', `  the rule is at ${oneLine(from)}`),
    ]
  })
}
