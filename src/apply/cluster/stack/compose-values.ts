/**
 * YAML nodes of a compose file → its values, without aliases and merge keys, and back to text. docker reads that text,
 * so that it opens the files that were checked: YAML parsers differ in what a merge key overrides.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, Scalar, type YAMLMap } from 'yaml'
import { maxDepth, nestedTooDeep } from '../../../config/read/yaml-document.ts'
import type { Place } from '../../../reconcile/plan.ts'

export type ComposeValue =
  | { kind: 'map'; at: Place; chars: number; entries: ReadonlyMap<string, ComposeEntry> }
  | { kind: 'list'; at: Place; chars: number; items: readonly ComposeValue[] }
  /** `isPlain`: without quotes, so that docker decides whether it is a number, boolean or null. */
  | { kind: 'scalar'; at: Place; chars: number; text: string; isPlain: boolean }

interface ComposeEntry {
  at: Place
  isPlain: boolean
  value: ComposeValue
}

export interface TextProblem {
  message: string
  hint: string
  at: Place
}

/** Aliases may expand a file exponentially. */
const maxChars = 2 ** 21

class Refusal extends Error {
  readonly problem: TextProblem
  constructor(message: string, hint: string, at: Place) {
    super(message)
    this.problem = { message, hint, at }
  }
}

/** @param root parsed with the schema `failsafe`, in which all scalars are text. */
export function composeValues(
  root: Node | null,
  start: Place,
  placeAt: (offset: number) => Place,
): ComposeValue | TextProblem {
  /** undefined while the anchor's own value is read. */
  const anchors = new Map<string, ComposeValue | undefined>()
  let chars = 0
  const counted = <T extends ComposeValue>(value: T): T => {
    chars += value.chars
    if (chars > maxChars)
      throw new Refusal('aliases expand the file too much', 'use fewer aliases inside of aliases', value.at)
    return value
  }

  const read = (node: unknown, around: Place, depth: number): ComposeValue => {
    const offset = (node as Node | null)?.range?.[0]
    const at = offset === undefined ? around : placeAt(offset)
    if (depth > maxDepth) throw new Refusal(nestedTooDeep, 'use fewer levels', at)
    if (isAlias(node)) {
      const value = anchors.get(node.source)
      if (value !== undefined) return counted(value)
      const isOpen = anchors.has(node.source)
      const what = isOpen ? 'contains itself' : 'has no anchor'
      throw new Refusal(`the alias *${node.source} ${what}`, `write &${node.source} at an earlier value`, at)
    }
    const anchor = (node as { anchor?: string } | null)?.anchor
    if (anchor !== undefined) anchors.set(anchor, undefined)
    const value = contentOf(node, at, depth)
    if (anchor !== undefined) anchors.set(anchor, value)
    return value
  }

  const contentOf = (node: unknown, at: Place, depth: number): ComposeValue => {
    if (isMap(node)) return mapOf(node, at, depth)
    if (isSeq(node)) {
      const items = node.items.map((item) => read(item, at, depth + 1))
      return { kind: 'list', at, items, chars: items.reduce((sum, one) => sum + one.chars, 2) }
    }
    const text = isScalar(node) ? String(node.value ?? '') : ''
    return counted({ kind: 'scalar', at, text, isPlain: isPlain(node), chars: text.length + 2 })
  }

  const mapOf = (node: YAMLMap, at: Place, depth: number): ComposeValue => {
    const own = new Map<string, ComposeEntry>()
    const merged: ComposeValue[] = []
    for (const { key, value } of node.items) {
      const offset = (key as Node | null)?.range?.[0]
      const keyAt = offset === undefined ? at : placeAt(offset)
      if (!isScalar(key)) throw new Refusal('a key must be a plain word', 'use text as the key', keyAt)
      const name = String(key.value ?? '')
      const inner = read(value, keyAt, depth + 1)
      if (name === '<<') merged.push(...(inner.kind === 'list' ? inner.items : [inner]))
      else if (own.has(name)) throw new Refusal('Map keys must be unique', 'keep one of the two', keyAt)
      else own.set(name, { at: keyAt, isPlain: isPlain(key), value: inner })
    }
    // Keys of the map itself have priority, then those of the first merged one.
    const entries = new Map(own)
    for (const one of merged) {
      if (one.kind !== 'map') throw new Refusal('a merge key (<<) takes a map', 'e.g. <<: *NAME', one.at)
      for (const [name, entry] of one.entries) if (!entries.has(name)) entries.set(name, entry)
    }
    const size = [...entries].reduce((sum, [name, { value }]) => sum + name.length + 4 + value.chars, 2)
    return { kind: 'map', at, entries, chars: size }
  }

  try {
    return read(root, start, 0)
  } catch (error) {
    if (error instanceof Refusal) return error.problem
    throw error
  }
}

const isPlain = (node: unknown): boolean =>
  !isScalar(node) || (node.type === Scalar.PLAIN && node.tag === undefined)

/** One line of YAML with the same values. */
export function composeText(value: ComposeValue): string {
  switch (value.kind) {
    case 'scalar':
      return scalarText(value.text, value.isPlain)
    case 'list':
      return `[${value.items.map(composeText).join(', ')}]`
    case 'map': {
      const pairs = [...value.entries].map(
        ([name, { isPlain: plain, value: inner }]) => `${scalarText(name, plain)}: ${composeText(inner)}`,
      )
      return `{${pairs.join(', ')}}`
    }
  }
}

/** Any number, boolean, null or date; other plain text is the same in quotes. */
const typed = /^(?=.*[\w~])[-+.~\w]+$/
/** JSON allows these characters, YAML does not or breaks lines at them. */
const unprintable = /[\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]/g

function scalarText(text: string, plain: boolean): string {
  if (plain && text === '') return 'null'
  if (plain && typed.test(text)) return text
  return JSON.stringify(text).replace(
    unprintable,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
