/** Where in a LinuxKit file a mistake stands. */
import { type Document, isMap, isScalar, isSeq, type LineCounter, type Node } from 'yaml'
import { DesktopError, type FileRange } from '../../errors.ts'

export interface Source {
  /** For messages. */
  file: string
  text: string
  lines: LineCounter
  document: Document
}

export type Path = readonly (string | number)[]

/** The file, line and column of an offset, with the line itself and a caret. */
export function rangeAt({ file, text, lines }: Omit<Source, 'document'>, offset: number): FileRange {
  const { line, col } = lines.linePos(offset)
  const row = Math.max(line, 1)
  const column = Math.max(col, 1)
  const shown = (text.split('\n')[row - 1] ?? '').replace(/\r$/, '')
  const gutter = `  ${row} | `
  const caret = `${' '.repeat(gutter.length - 2)}| ${shown.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`
  return { file, line: row, column, frame: `${gutter}${shown}\n${caret}` }
}

const keyText = (key: unknown): string => String(isScalar(key) ? key.value : key)

/** Offset of the value at `path`, of its key when `key` is set, or of the nearest thing around it. */
function offsetOf({ document }: Source, path: Path, key: boolean): number {
  let node: unknown = document.contents
  let offset = 0
  for (const [index, step] of path.entries()) {
    let found: unknown
    if (isMap(node)) {
      const pair = node.items.find((item) => keyText(item.key) === String(step))
      found = key && index === path.length - 1 ? pair?.key : pair?.value
    } else if (isSeq(node)) found = node.items[Number(step)]
    node = found
    offset = (found as Node | null | undefined)?.range?.[0] ?? offset
  }
  return offset
}

export interface Mistake {
  path: Path
  message: string
  hint?: string | undefined
  /** The key itself is wrong, not its value. */
  key?: boolean
}

export function mistakeAt(source: Source, { path, message, hint, key = false }: Mistake): DesktopError {
  const at = rangeAt(source, offsetOf(source, path, key))
  return new DesktopError('linuxkit/invalid', message, { at, ...(hint === undefined ? {} : { hint }) })
}

/** All mistakes as one error, in the order of the file. */
export function together(errors: readonly DesktopError[]): DesktopError {
  const place = ({ at }: DesktopError): number => (at === undefined ? 0 : at.line * 1e6 + at.column)
  const [first, ...others] = errors.toSorted((a, b) => place(a) - place(b))
  if (first === undefined) throw new Error('no mistakes')
  const { code, message, hint, at } = first
  return new DesktopError(code, message, { others, ...(hint && { hint }), ...(at && { at }) })
}

/** `services[0].net` */
export function pathText(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
  return text === '' ? 'the file' : text.replace(/^\./, '')
}
