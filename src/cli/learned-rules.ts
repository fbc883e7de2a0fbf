/** Recorded destinations → a patch of desktop.yaml that allows only these. Pure. */
import { isMap, parseDocument } from 'yaml'
import { unifiedDiff } from '../apply/history/unified.ts'
import type { SendView } from '../net/egress/sends.ts'
import { allowedTarget, hasRules, withRule } from './ui/allow.ts'

export interface ProjectFile {
  /** Absolute path. */
  file: string
  text: string
}

/** Names before addresses, each group sorted. */
export function learnedTargets(sends: readonly SendView[]): string[] {
  const keyOf = ({ name, address }: SendView): string => (name === null ? `1${address}` : `0${name}`)
  const inOrder = sends.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return [...new Set(inOrder.map((send) => allowedTarget({ at: 'send', ...send })))]
}

/** @param files in order of precedence; the patch changes the last one with rules, or else the last one. */
export function learnedPatch(targets: readonly string[], files: readonly ProjectFile[]): string {
  const place = files.findLast(({ text }) => hasRules(text)) ?? files.at(-1)
  if (place === undefined || targets.length === 0) return ''
  const { file, text } = place
  // Inserted at the front in reverse, so that they end up in the given order.
  return unifiedDiff(file.slice(file.lastIndexOf('/') + 1), text, closed(targets.reduceRight(withRule, text)))
}

/** Allow rules are effective only if everything else is denied. */
function closed(text: string): string {
  const document = parseDocument(text)
  const egress = document.getIn(['network', 'egress'])
  if (!isMap(egress)) return text
  if (egress.get('preset') === 'lockdown') return text
  if (!egress.has('preset') && egress.get('default') === 'deny') return text
  egress.set('preset', 'lockdown')
  egress.delete('default')
  return document.toString({ lineWidth: 0 })
}
