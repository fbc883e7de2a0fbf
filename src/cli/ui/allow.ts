/** The rule that allows a denied destination, and the patch that inserts it into desktop.yaml. Pure. */
import { isSeq, parseDocument, stringify } from 'yaml'
import { unifiedDiff } from '../../apply/history/unified.ts'
import { formatEgressRule, parseEgressTarget } from '../../config/egress-rule.ts'
import type { DenialView } from '../../net/egress/denials.ts'

/** As narrow as the denial: its name if known from DNS, otherwise its address, with port and protocol. */
export function allowedTarget({
  at,
  protocol,
  name,
  address,
  port,
}: Pick<DenialView, 'at' | 'protocol' | 'name' | 'address' | 'port'>): string {
  const host = name?.replace(/\.$/, '') ?? (address?.includes(':') ? `[${address}]` : address) ?? ''
  // A denied DNS query has no port.
  if (at === 'dns') return host
  return `${host}${port === null ? '' : `:${port}`}${protocol === 'dns' ? '' : `/${protocol}`}`
}

const path = ['network', 'egress', 'rules']

export const hasRules = (text: string): boolean => isSeq(parseDocument(text).getIn(path))

/**
 * Inserts the rule before all others, because the first match wins. Unchanged lines keep their formatting.
 */
export function withRule(text: string, target: string): string {
  const document = parseDocument(text)
  const rules = document.getIn(path)
  const items = isSeq(rules) ? (rules.toJSON() as RawRule[]) : []
  const others = items.filter((item) => canonical(item.allow ?? item.deny) !== canonical(target))
  const first = isSeq(rules) && rules.flow !== true ? rules.items[0] : undefined
  const offset = (first as { range?: [number, number, number] } | undefined)?.range?.[0]
  // Two rules for one target are an error, so the new rule replaces the old one.
  if (offset !== undefined && others.length === items.length) {
    const line = text.lastIndexOf('\n', offset - 1) + 1
    const indent = /^( *)- +$/.exec(text.slice(line, offset))?.[1]
    if (indent !== undefined)
      return `${text.slice(0, line)}${indent}- allow: ${stringify(target, { lineWidth: 0 })}${text.slice(line)}`
  }
  if (isSeq(rules)) {
    rules.items = rules.items.filter((_, i) => others.includes(items[i] ?? {}))
    rules.items.unshift(document.createNode({ allow: target }))
  } else document.setIn(path, document.createNode([{ allow: target }]))
  return document.toString({ lineWidth: 0 })
}

interface RawRule {
  allow?: string
  deny?: string
}

/** Equal targets have equal texts. */
function canonical(target: string | undefined): string | undefined {
  const rule = target === undefined ? undefined : parseEgressTarget('allow', target)
  return rule === undefined || typeof rule === 'string' ? target : formatEgressRule(rule)
}

/** Patch for `patch -p1`, also human-readable. */
export const allowPatch = (name: string, text: string, targets: readonly string[]): string =>
  // Inserted at the front in reverse, so that they end up in the given order.
  unifiedDiff(name, text, targets.reduceRight(withRule, text))
