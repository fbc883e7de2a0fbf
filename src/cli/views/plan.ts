/**
 * A plan as text: the verdict first and last, one block per operation, and a count of unchanged resources.
 */
import { indented, oneLine } from '../../escape.ts'
import { effectMeaning, phrase } from '../../reconcile/phrase.ts'
import {
  type EffectClass,
  type Note,
  type Operation,
  type Place,
  type Plan,
  worstEffect,
} from '../../reconcile/plan.ts'
import type { Output } from '../output.ts'

const colours = {
  live: 'green',
  reload: 'green',
  'restart-engine': 'yellow',
  'restart-vm': 'yellow',
  recreate: 'red',
} as const satisfies Record<EffectClass, string>

const noteColours = { info: 'cyan', warning: 'yellow', error: 'red' } as const satisfies Record<
  Note['level'],
  string
>

/** Above this number, causes are counted instead of shown. */
const shownCauses = 8

/** The guest could not be inspected, and the result depends on its current configuration. */
const unknownReload = 'whether this restarts the engine and stops containers is known only during apply'

/** One sentence: the number of changes, and what they interrupt. */
export function verdict(name: string, plan: Plan): string {
  const worst = worstEffect(plan)
  if (worst === undefined) return `${name} matches the file; nothing to do.`
  const count = plan.operations.length
  return `${name}: ${count} ${count === 1 ? 'operation' : 'operations'}; ${meaning(worst, plan)}.`
}

function meaning(worst: EffectClass, plan: Plan): string {
  const stopped = new Set<string>()
  let unknown = false
  for (const { interruption } of plan.operations) {
    if (interruption.kind === 'unknown') unknown = true
    if (interruption.kind === 'containers') for (const name of interruption.names) stopped.add(name)
  }
  // Tasks of a stack are replaced without any effect on the machines.
  const isLive = worst === 'live' && (unknown || stopped.size > 0)
  const what = isLive ? '' : `${effectMeaning[worst]}; `
  if (unknown)
    return worst === 'reload' ? unknownReload : `${what}which containers stop is known only during apply`
  return stopped.size === 0
    ? effectMeaning[worst]
    : `${what}containers stop: ${[...stopped].map(oneLine).join(', ')}`
}

export function planView(name: string, plan: Plan, { style }: Pick<Output, 'style'>): string {
  const line = style('bold', verdict(name, plan))
  const notes = plan.notes.map((note) => noteView(note, style))
  if (plan.operations.length === 0) return [line, ...notes].map((text) => `${text}\n`).join('')
  const blocks = [
    ...plan.operations.flatMap((operation) => operationView(operation, style)),
    ...(plan.atBoot ?? []).flatMap((operation) => [
      `  ${style('dim', 'by the restart')}  ${oneLine(phrase(operation))}`,
      ...causesView(operation, style),
    ]),
  ]
  const unchanged = plan.unchanged > 0 ? [`  ${plan.unchanged} unchanged`] : []
  return [line, '', ...blocks, '', ...notes, ...unchanged, line].map((text) => `${text}\n`).join('')
}

/** For example `desktop.yaml:4:3`; an argument has no line. */
export const placeText = ({ file, line, column }: Place): string =>
  file === '--set' ? file : `${oneLine(file)}:${line}:${column}`

const indent = ' '.repeat(18)

function causesView({ causes }: Operation, style: Output['style']): string[] {
  const lines = causes.slice(0, shownCauses).map(({ path, from, to, at }) => {
    const where = at === undefined ? '' : `   # ${placeText(at)}`
    return style('dim', `${indent}${causeLine(path, from, to)}${where}`)
  })
  const more = causes.length - shownCauses
  return more > 0 ? [...lines, style('dim', `${indent}and ${more} more`)] : lines
}

function operationView(operation: Operation, style: Output['style']): string[] {
  const { effect, consent, interruption } = operation
  const lines = [
    `  ${style(colours[effect], effect.padEnd(14))}  ${oneLine(phrase(operation))}`,
    ...causesView(operation, style),
  ]
  if (interruption.kind === 'containers' && interruption.names.length > 0) {
    const within = interruption.graceSeconds
    const bound = within === undefined ? '' : ` (killed after ${within} s)`
    lines.push(
      style('yellow', `${indent}stops containers: ${interruption.names.map(oneLine).join(', ')}${bound}`),
    )
  }
  if (interruption.kind === 'unknown') {
    const what = effect === 'reload' ? unknownReload : 'which containers it stops is known only during apply'
    lines.push(style('yellow', `${indent}${what}`))
  }
  if (consent !== undefined)
    lines.push(style('red', `${indent}loses data: needs --yes or --allow ${consent}`))
  return lines
}

const causeLine = (path: string, from = '(none)', to = '(none)'): string =>
  `${oneLine(path)}: ${oneLine(from)} → ${oneLine(to)}`

function noteView({ level, about, message, hint, at }: Note, style: Output['style']): string {
  const where = at === undefined ? '' : style('dim', `   # ${placeText(at)}`)
  const text = `${style(noteColours[level], level)}: ${oneLine(about)}: ${indented(message)}${where}`
  return hint === undefined ? text : `${text}\n  ${indented(hint)}`
}
