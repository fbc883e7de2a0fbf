/** `desktop explain KEY`: describes a key and the effect of changing it. */
import { type EffectRow, effects } from '../../config/effects.ts'
import { daemonKeys } from '../../config/generated/daemon-keys.ts'
import { descriptions } from '../../config/generated/descriptions.ts'
import { didYouMean } from '../../config/nearest.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { exitCodes } from '../../errors/exit-codes.ts'
import { effectMeaning } from '../../reconcile/phrase.ts'
import type { Output } from '../output.ts'

const daemonPrefix = 'engine.config.'

/** All keys: those of desktop.yaml, and those of daemon.json below engine.config. */
const rows: Readonly<Record<string, EffectRow>> = {
  ...effects,
  ...Object.fromEntries(
    Object.entries(daemonKeys).map(([key, { effect, type }]) => [
      `${daemonPrefix}${key}`,
      { effect, rendered: 'daemon.json', since: '0.1', note: `A key of daemon.json: ${type}.` } as const,
    ]),
  ),
}

/** Maps that contain keys, such as network.dns, for lookups and suggestions. */
const sections = [...new Set(Object.keys(rows).flatMap(enclosing))]

function enclosing(key: string): string[] {
  const names = key.split('.')
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join('.'))
}

/** Every key with its description, for completion. */
export const explainedKeys: readonly (readonly [key: string, description: string | undefined])[] =
  Object.keys(rows).map((key) => [key, descriptionOf(key)])

export async function run(options: { json?: true }, output: Output, key: string): Promise<number> {
  const found = explained(key)
  if (options.json) output.write(`${JSON.stringify(Object.fromEntries(found), null, 2)}\n`)
  else output.write(found.map(([name, row]) => view(name, row)).join(''))
  return exitCodes.done
}

/** The row of a key, of the map or list that contains it, or all rows of a section. */
export function explained(key: string): [string, EffectRow][] {
  const plain = key.replaceAll(/\[\d*\]/g, '')
  const within = Object.entries(rows).filter(([name]) => name === plain || name.startsWith(`${plain}.`))
  if (within.length > 0) return within
  for (let parent = plain; parent.includes('.'); ) {
    parent = parent.slice(0, parent.lastIndexOf('.'))
    const row = rows[parent]
    if (row !== undefined && parent !== 'engine.config') return [[parent, row]]
  }
  const guess = didYouMean(plain, [...sections, ...Object.keys(rows)])
  throw new DesktopError(
    'cli/usage',
    `desktop.yaml has no key "${key}"`,
    guess === undefined ? {} : { hint: guess },
  )
}

function view(key: string, row: EffectRow): string {
  const lines: [string, string | undefined][] = [
    ['what', descriptionOf(key)],
    ['change', `${row.effect}: ${effectMeaning[row.effect]}`],
    ['goes into', row.rendered],
    ['default', row.default],
    ['since', row.since],
    ['note', row.note],
  ]
  const shown = lines.flatMap(([name, value]) =>
    value === undefined ? [] : [`  ${name.padEnd(10)}${value}\n`],
  )
  return `${key}\n${shown.join('')}`
}

function descriptionOf(key: string): string | undefined {
  return descriptions[key] ?? daemonKeys[key.slice(daemonPrefix.length)]?.description
}
