/** Location of a mistake in a LinuxKit file. */
import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml'
import { fileRange, type Path, placeOf, sourceOf } from '../../config/read/source.ts'
import type { FileRange } from '../../errors/desktop-error.ts'
import { DesktopError } from '../../errors/desktop-error.ts'

export interface Source {
  /** File name in messages. */
  file: string
  text: string
  document: Document
}

/** File, line and column of an offset, with the line and a caret. */
export function rangeAt({ file, text }: Pick<Source, 'file' | 'text'>, offset: number): FileRange {
  return fileRange(placeOf(sourceOf(text, { file, directory: '' }), offset, offset + 1))
}

const keyText = (key: unknown): string => String(isScalar(key) ? key.value : key)

/** Offset of the value at `path`, of its key if `key` is set, or of the nearest enclosing value. */
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

/** `services[0].net` */
export function pathText(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('')
  return text === '' ? 'the file' : text.replace(/^\./, '')
}
