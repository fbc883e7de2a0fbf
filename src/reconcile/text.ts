/** The plan as text, one line per operation, for golden tests and diffs. */
import type { Cause, Interruption, Operation, Plan } from './plan.ts'

export function planText(plan: Plan): string {
  const lines = [
    ...plan.operations.map(operationText),
    ...(plan.atBoot ?? []).map((operation) => `at boot: ${operationText(operation)}`),
    ...plan.notes.map((note) => `note ${note.level} ${note.about}: ${note.message}`),
    `unchanged ${plan.unchanged}`,
  ]
  return lines.map((line) => `${line}\n`).join('')
}

export function operationText(operation: Operation): string {
  const parts = [
    operation.id,
    operation.effect,
    `(${operation.causes.map(causeText).join('; ')})`,
    interruptionText(operation.interruption),
    operation.consent && `consent ${operation.consent}`,
    operation.after.length > 0 && `after ${operation.after.join(', ')}`,
  ]
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ')
}

export const causeText = ({ path, from, to }: Cause): string => `${path}: ${from ?? '∅'} → ${to ?? '∅'}`

function interruptionText(interruption: Interruption): string {
  switch (interruption.kind) {
    case 'none':
      return ''
    case 'unknown':
      return 'stops unknown'
    case 'containers':
      return interruption.names.length === 0 ? '' : `stops ${interruption.names.join(', ')}`
  }
}
