/** YAML text → tree with places. Everything that YAML allows and a config file should not have is refused. */
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml'
import { DesktopError } from '../../errors.ts'
import { type Interpolated, interpolate, readingOf } from './interpolate.ts'
import { fileRange, type Place, placeOf, type Source } from './source.ts'
import type { Entry, Scalar, ScalarValue, Tree } from './tree.ts'

export interface ParseOptions {
  env: Readonly<Record<string, string | undefined>>
  /** Parse only from this offset on: the value of a `--set` argument. */
  from?: number
}

/** One text being read, and the mistakes found so far. */
interface Reader {
  source: Source
  env: ParseOptions['env']
  from: number
  errors: DesktopError[]
}

type Range = readonly [start: number, end: number, ...rest: number[]]

export interface Parsed {
  /** undefined when the text is not YAML as it should be. */
  tree: Tree | undefined
  errors: readonly DesktopError[]
}

/** A text with nothing in it is an empty map. Values whose variables are wrong are marked in the tree. */
export function parseText(source: Source, options: ParseOptions): Parsed {
  const reader: Reader = { source, env: options.env, from: options.from ?? 0, errors: [] }
  try {
    return { tree: read(reader), errors: reader.errors }
  } catch (error) {
    // The YAML library and this reader go down one call per level.
    if (!(error instanceof RangeError)) throw error
    const at = fileRange(placeOf(source, 0, 1))
    return {
      tree: undefined,
      errors: [new DesktopError('config/yaml', 'the file is nested too deep', { at })],
    }
  }
}

function read(reader: Reader): Tree | undefined {
  const text = reader.source.text.slice(reader.from)
  const document = parseDocument(text, { prettyErrors: false, version: '1.2', merge: false })
  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
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

function refuse(reader: Reader, range: Range, message: string, hint?: string): void {
  const at = fileRange(placeIn(reader, range))
  reader.errors.push(new DesktopError('config/yaml', message, hint === undefined ? { at } : { at, hint }))
}

const hints: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'keep one of the two; the other has no effect',
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent each level by the same number of spaces',
  MULTIPLE_DOCS: 'one file holds one document; remove the --- line',
  TAG_RESOLVE_FAILED: 'remove the tag',
}

const lineUpTo = (text: string, offset: number): string =>
  text.slice(text.lastIndexOf('\n', offset) + 1, offset + 1)

// Between { } and [ ] a brace ends plain text, so that a reference breaks in two.
const hintFor = (code: string, line: string): string | undefined =>
  line.includes('${') ? `inside { } and [ ] put "quotes" around \${…}` : hints[code]

const firstSentence = (message: string): string =>
  message.split('\n')[0]?.replace(/ at line \d+.*$/, '') ?? message

function refuseHeader(reader: Reader, text: string): void {
  const header = /^%YAML\s+1\.1/m.exec(text)
  if (header === null) return
  const message = 'YAML 1.1 reads yes, no and 0777 in ways that surprise'
  const hint = 'remove the %YAML line; desktop.yaml is YAML 1.2'
  refuse(reader, [header.index, header.index + header[0].length], message, hint)
}

function refuseAnchor(reader: Reader, anchor: string, [valueStart]: Range): void {
  // It stands before the value that it names.
  const before = reader.source.text.lastIndexOf(`&${anchor}`, valueStart + reader.from)
  const start = before < reader.from ? valueStart : before - reader.from
  const message = `anchors (&${anchor}) are not used in desktop.yaml`
  refuse(reader, [start, start + anchor.length + 1], message, 'remove it')
}

/** `around` is where a value that is not written (`key:` alone) is shown. */
function treeOf(reader: Reader, node: unknown, around: Range): Tree {
  const range = (node as { range?: Range | null } | null)?.range ?? around
  const place = placeIn(reader, range)
  if (isAlias(node))
    refuse(reader, range, `aliases (*${node.source}) are not used in desktop.yaml`, 'write the value out')
  const anchor = (node as { anchor?: string } | null)?.anchor
  if (anchor !== undefined) refuseAnchor(reader, anchor, range)
  if (isMap(node)) {
    const entries = new Map<string, Entry>()
    for (const { key, value } of node.items) {
      const keyRange = (key as { range?: Range | null } | null)?.range ?? range
      const name = isScalar(key) ? String(key.value) : undefined
      if (name === undefined) {
        refuse(reader, keyRange, 'a key must be a plain word', 'take the brackets away')
        continue
      }
      entries.set(name, { key: placeIn(reader, keyRange), value: treeOf(reader, value, keyRange) })
    }
    return { kind: 'map', entries, place }
  }
  if (isSeq(node))
    return { kind: 'list', items: node.items.map((item) => treeOf(reader, item, range)), place }
  return scalarOf(reader, isScalar(node) ? (node.value as ScalarValue) : null, place)
}

function scalarOf(reader: Reader, value: ScalarValue, place: Place): Scalar {
  if (typeof value !== 'string' || !value.includes('${')) return { kind: 'scalar', value, place }
  const result = interpolate(value, reader.env)
  if (!('bad' in result)) return filled(result, place)
  for (const { reference, message, hint } of result.bad) {
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

/** Where a part of a value stands in the text; the whole value when escapes make that unclear. */
function within(place: Place, part: string): Place {
  const at = place.source.text.indexOf(part, place.start)
  return at >= 0 && at < place.end ? placeOf(place.source, at, at + part.length) : place
}
