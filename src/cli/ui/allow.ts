/** The rule that allows what egress denied, and the patch that puts it first in desktop.yaml. Pure. */
import { isSeq, parseDocument, stringify } from 'yaml'
import { unifiedDiff } from '../../apply/history/unified.ts'
import type { DenialView } from '../../net/egress/denials.ts'

/** As narrow as the denial: its name where DNS gave one, else its address, with port and protocol. */
export function allowedTarget({
  at,
  protocol,
  name,
  address,
  port,
}: Pick<DenialView, 'at' | 'protocol' | 'name' | 'address' | 'port'>): string {
  const host = name?.replace(/\.$/, '') ?? (address?.includes(':') ? `[${address}]` : address) ?? ''
  // A name that may not be asked for has no port yet.
  if (at === 'dns') return host
  return `${host}${port === null ? '' : `:${port}`}${protocol === 'dns' ? '' : `/${protocol}`}`
}

const path = ['network', 'egress', 'rules']

export const hasRules = (text: string): boolean => isSeq(parseDocument(text).getIn(path))

/** The first match wins, so that the rule goes before all others. Lines that need no change keep their form. */
export function withRule(text: string, target: string): string {
  const document = parseDocument(text)
  const rules = document.getIn(path)
  const first = isSeq(rules) && rules.flow !== true ? rules.items[0] : undefined
  const offset = (first as { range?: [number, number, number] } | undefined)?.range?.[0]
  if (offset !== undefined) {
    const line = text.lastIndexOf('\n', offset - 1) + 1
    const indent = /^( *)- +$/.exec(text.slice(line, offset))?.[1]
    if (indent !== undefined)
      return `${text.slice(0, line)}${indent}- allow: ${stringify(target, { lineWidth: 0 })}${text.slice(line)}`
  }
  const before = isSeq(rules) ? (rules.toJSON() as unknown[]) : []
  document.setIn(path, document.createNode([{ allow: target }, ...before]))
  return document.toString({ lineWidth: 0 })
}

/** For `patch -p1`, or to be read. */
export const allowPatch = (name: string, text: string, target: string): string =>
  unifiedDiff(name, text, withRule(text, target))
