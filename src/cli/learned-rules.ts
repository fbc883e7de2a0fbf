/** What a recorded run reached → the patch of desktop.yaml that allows it and nothing else. Pure. */
import { isMap, parseDocument } from 'yaml'
import { unifiedDiff } from '../apply/history/unified.ts'
import type { SendView } from '../net/egress/sends.ts'
import { allowedTarget, hasRules, withRule } from './ui/allow.ts'

export interface ProjectFile {
  /** Absolute path. */
  file: string
  text: string
}

/** Names before addresses, each in order. */
export function learnedTargets(sends: readonly SendView[]): string[] {
  const keyOf = ({ name, address }: SendView): string => (name === null ? `1${address}` : `0${name}`)
  const inOrder = sends.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  return [...new Set(inOrder.map((send) => allowedTarget({ at: 'send', ...send })))]
}

/** @param files later ones override: the last with rules of its own changes, else the last of all. */
export function learnedPatch(targets: readonly string[], files: readonly ProjectFile[]): string {
  const place = files.findLast(({ text }) => hasRules(text)) ?? files.at(-1)
  if (place === undefined || targets.length === 0) return ''
  const { file, text } = place
  // The last one comes first in the file, so that they stand as they were given.
  return unifiedDiff(file.slice(file.lastIndexOf('/') + 1), text, closed(targets.reduceRight(withRule, text)))
}

/** Rules that allow mean something where the rest is denied. */
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
