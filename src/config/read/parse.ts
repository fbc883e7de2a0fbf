/** YAML text → tree with source locations. Rejects YAML features that have no place in a config file. */
import { isAlias, isMap, isScalar, isSeq, type Node } from 'yaml'
import { DesktopError } from '../../errors/desktop-error.ts'
import { type Interpolated, interpolate, readingOf } from './interpolate.ts'
import { fileRange, type Place, placeOf, type Source } from './source.ts'
import type { Entry, Scalar, ScalarValue, Tree } from './tree.ts'
import { maxDepth, nestedTooDeep, yamlDocument } from './yaml-document.ts'

export interface ParseOptions {
  env: Readonly<Record<string, string | undefined>>
  /** Offset at which parsing starts: the value of a `--set` argument. */
  from?: number
}

/** A text being read, and the mistakes found so far. */
interface Reader {
  source: Source
  env: ParseOptions['env']
  from: number
  errors: DesktopError[]
  /** Characters substituted for variables so far. */
  filled: number
}

type Range = readonly [start: number, end: number, ...rest: number[]]

export interface Parsed {
  /** undefined if the text is not valid YAML. */
  tree: Tree | undefined
  errors: readonly DesktopError[]
}

/** An empty text is an empty map. Values with invalid variables are marked in the tree. */
export function parseText(source: Source, options: ParseOptions): Parsed {
  const reader: Reader = { source, env: options.env, from: options.from ?? 0, errors: [], filled: 0 }
  return { tree: read(reader), errors: reader.errors }
}

function read(reader: Reader): Tree | undefined {
  const text = reader.source.text.slice(reader.from)
  // `treeOf` reports duplicate keys.
  const document = yamlDocument(text, { version: '1.2' })
  if ('tooDeep' in document) {
    refuse(reader, [document.tooDeep, document.tooDeep + 1], nestedTooDeep)
    return undefined
  }
  const found = [...document.errors, ...document.warnings].slice(0, maxErrors)
  for (const { code, message, pos } of found) {
    refuse(reader, pos, firstSentence(message), hintFor(code, lineUpTo(text, pos[0])))
  }
  refuseHeader(reader, text)
  const root = document.contents as Node | null
  if (root === null && reader.errors.length === 0) {
    return { kind: 'map', entries: new Map(), place: placeIn(reader, [0, 1]) }
  }
  const tree = treeOf(reader, root, [0, 1])
  return reader.errors.some(({ code }) => code === 'config/yaml') ? undefined : tree
}

const placeIn = ({ source, from }: Reader, [start, end]: Range): Place =>
  placeOf(source, start + from, end + from)

/** Nobody fixes more at a time, and a file that is not YAML would have a million. */
const maxErrors = 100
/** Limit for all substituted values of one file. */
const maxFilledChars = 2 ** 20

function refuse(reader: Reader, range: Range, message: string, hint?: string): void {
  if (reader.errors.length >= maxErrors) return
  const at = fileRange(placeIn(reader, range))
  reader.errors.push(new DesktopError('config/yaml', message, hint === undefined ? { at } : { at, hint }))
}

/** By error code of the YAML parser. */
export const yamlHints: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'keep one of the two; the other has no effect',
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent each level by the same number of spaces',
  MULTIPLE_DOCS: 'one file holds one document; remove the --- line',
  TAG_RESOLVE_FAILED: 'remove the tag',
}

const lineUpTo = (text: string, offset: number): string =>
  text.slice(text.lastIndexOf('\n', offset) + 1, offset + 1)

// Inside { } and [ ], a brace ends plain text, which splits a reference.
const hintFor = (code: string, line: string): string | undefined =>
  line.includes('${') ? `inside { } and [ ] put "quotes" around \${…}` : yamlHints[code]

const firstSentence = (message: string): string =>
  message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? message

function refuseHeader(reader: Reader, text: string): void {
  const header = /^%YAML\s+1\.1/m.exec(text)
  if (header === null) return
  const message = 'YAML 1.1 reads yes, no and 0777 in surprising ways'
  const hint = 'remove the %YAML line; desktop.yaml is YAML 1.2'
  refuse(reader, [header.index, header.index + header[0].length], message, hint)
}

function refuseAnchor(reader: Reader, anchor: string, [valueStart]: Range): void {
  if (reader.errors.length >= maxErrors) return
  // The anchor precedes its value.
  const before = reader.source.text.lastIndexOf(`&${anchor}`, valueStart + reader.from)
  const start = before < reader.from ? valueStart : before - reader.from
  const message = `anchors (&${anchor}) are not supported in desktop.yaml`
  refuse(reader, [start, start + anchor.length + 1], message, 'remove it')
}

/** `around` is the location of an empty value (`key:` alone). */
function treeOf(reader: Reader, node: unknown, around: Range, depth = 0): Tree {
  const range = (node as { range?: Range | null } | null)?.range ?? around
  const place = placeIn(reader, range)
  if (isAlias(node))
    refuse(
      reader,
      range,
      `aliases (*${node.source}) are not supported in desktop.yaml`,
      'write the value out',
    )
  const anchor = (node as { anchor?: string } | null)?.anchor
  if (anchor !== undefined) refuseAnchor(reader, anchor, range)
  if (depth > maxDepth) {
    refuse(reader, range, nestedTooDeep)
    return { kind: 'scalar', value: null, place }
  }
  if (isMap(node)) {
    const entries = new Map<string, Entry>()
    for (const { key, value } of node.items) {
      const keyRange = (key as { range?: Range | null } | null)?.range ?? range
      const name = isScalar(key) ? String(key.value) : undefined
      if (name === undefined) {
        refuse(reader, keyRange, 'a key must be a plain word', 'remove the brackets')
        continue
      }
      if (entries.has(name)) refuse(reader, keyRange, 'Map keys must be unique', yamlHints.DUPLICATE_KEY)
      const inner = treeOf(reader, value, keyRange, depth + 1)
      entries.set(name, { key: placeIn(reader, keyRange), value: inner })
    }
    return { kind: 'map', entries, place }
  }
  if (isSeq(node))
    return { kind: 'list', items: node.items.map((item) => treeOf(reader, item, range, depth + 1)), place }
  return scalarOf(reader, isScalar(node) ? (node.value as ScalarValue) : null, place)
}

function scalarOf(reader: Reader, value: ScalarValue, place: Place): Scalar {
  if (typeof value !== 'string' || !value.includes('${')) return { kind: 'scalar', value, place }
  const result = interpolate(value, reader.env)
  if (!('bad' in result)) {
    reader.filled += result.text.length
    if (reader.filled <= maxFilledChars) return filled(result, place)
    const message = `variables expand this file to more than ${maxFilledChars / 1024} KiB`
    if (reader.errors.length < maxErrors)
      reader.errors.push(new DesktopError('config/variable', message, { at: fileRange(place) }))
    return { kind: 'scalar', value, place, unset: true }
  }
  for (const { reference, message, hint } of result.bad) {
    if (reader.errors.length >= maxErrors) break
    const at = fileRange(within(place, reference))
    reader.errors.push(new DesktopError('config/variable', message, { at, hint }))
  }
  return { kind: 'scalar', value, place, unset: true }
}

function filled({ text, variables }: Interpolated, place: Place): Scalar {
  const scalar: Scalar = { kind: 'scalar', value: text, place }
  if (variables.length === 0) return scalar
  const reading = readingOf(text)
  return reading === text ? { ...scalar, variables } : { ...scalar, variables, reading }
}

/** Position of a part of a value; the whole value if escapes make it ambiguous. */
function within(place: Place, part: string): Place {
  const at = place.source.text.indexOf(part, place.start)
  return at >= 0 && at < place.end ? placeOf(place.source, at, at + part.length) : place
}
