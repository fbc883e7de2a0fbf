/** Where in a YAML text a value or a key stands, and the frame that shows it. */
import { type Document, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml'
import type { FileRange } from '../../errors.ts'

export type Path = readonly (string | number)[]

export interface Source {
  /** As the user wrote it, for messages. */
  file: string
  text: string
  lines: LineCounter
  document: Document
}

type Range = readonly [start: number, end: number]

/** Range of the value at `path`; when it does not exist, of the nearest thing around it. */
function valueRange({ document }: Source, path: Path): Range {
  let node: unknown = document.contents
  let range = rangeOf(node) ?? [0, 1]
  for (const step of path) {
    if (isMap(node)) node = node.items.find((pair) => keyText(pair.key) === String(step))?.value
    else if (isSeq(node)) node = node.items[Number(step)]
    else node = undefined
    const inner = rangeOf(node)
    if (inner === undefined) break
    range = inner
  }
  return range
}

/** Range of the key that ends `path`. */
function keyRange(source: Source, path: Path): Range {
  const parent = source.document.getIn(path.slice(0, -1), true) ?? source.document.contents
  const container = path.length === 1 ? source.document.contents : parent
  if (isMap(container)) {
    const pair = container.items.find(({ key }) => keyText(key) === String(path.at(-1)))
    const range = rangeOf(pair?.key)
    if (range !== undefined) return range
  }
  return valueRange(source, path)
}

const keyText = (key: unknown): string => String(isScalar(key) ? key.value : key)

function rangeOf(node: unknown): Range | undefined {
  const range = (node as Node | undefined)?.range
  return range ? [range[0], Math.max(range[1], range[0] + 1)] : undefined
}

export function locate(source: Source, path: Path, what: 'key' | 'value'): FileRange {
  return fileRange(
    source,
    what === 'key' && path.length > 0 ? keyRange(source, path) : valueRange(source, path),
  )
}

export function fileRange(source: Pick<Source, 'file' | 'text' | 'lines'>, [start, end]: Range): FileRange {
  const { line, col } = source.lines.linePos(start)
  return {
    file: source.file,
    line: Math.max(line, 1),
    column: Math.max(col, 1),
    frame: frame(source.text, Math.max(line, 1), Math.max(col, 1), end - start),
  }
}

/** The source line with a caret under each offending character. */
function frame(text: string, line: number, column: number, length: number): string {
  const source = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '')
  const gutter = `  ${line} | `
  const room = Math.max(1, source.trimEnd().length - (column - 1))
  // Tabs keep their width, so that the carets stand under what they mean.
  const indent = source.slice(0, column - 1).replace(/[^\t]/g, ' ')
  const carets = '^'.repeat(Math.max(1, Math.min(length, room)))
  return `${gutter}${source}\n${' '.repeat(gutter.length - 2)}| ${indent}${carets}`
}
