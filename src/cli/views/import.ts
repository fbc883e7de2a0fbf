/** Imported and skipped settings of another tool's file, as text and as JSON (schemas/import.schema.json). */

import type { JsonValue } from '../../config/desired.ts'
import type { Draft, Left } from '../../config/import/draft.ts'
import type { Output } from '../output.ts'

export interface ImportDocument {
  format: 'desktop-import/1'
  /** The written file; if null, the contents are in `text`. */
  written: string | null
  text: string
  taken: readonly { from: string; key: string; value: JsonValue }[]
  left: readonly Left[]
  ignored: readonly string[]
}

export function importDocument(
  { taken, left, ignored }: Draft,
  out: string | undefined,
  text: string,
): ImportDocument {
  return {
    format: 'desktop-import/1',
    written: out ?? null,
    text,
    taken: taken.map(({ from, key, value }) => ({ from, key: key.join('.'), value })),
    left,
    ignored: [...new Set(ignored)].sort(),
  }
}

export function importView({ taken, left, ignored }: Draft, { style }: Pick<Output, 'style'>): string[] {
  const about = new Set(ignored).size
  return [
    `${taken.length} taken over, ${left.length} not${about === 0 ? '' : `; ${about} keys are defaults, or concern the other tool itself`}`,
    ...left.flatMap(({ from, was, reason }) => [`  ${style('yellow', from)}: ${was}`, `    ${reason}`]),
  ]
}
