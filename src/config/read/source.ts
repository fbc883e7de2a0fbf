/** A configuration text, positions in it, and caret frames. */
import { blankCredentials } from '../../errors/credentials.ts'
import type { FileRange } from '../../errors/desktop-error.ts'
import type { ProjectTree } from './project-tree.ts'

/** Steps from the root of a file to a value: keys of maps and indices of lists. */
export type Path = readonly (string | number)[]

export interface Source {
  /** File name as the user wrote it, for messages; `--set` for an argument. */
  file: string
  /** Base of relative paths in this text. */
  directory: string
  /** Folder tree that this text may reference; undefined for command line arguments. */
  project?: ProjectTree | undefined
  text: string
  /** Offset of the first character of each line. */
  lineStarts: readonly number[]
}

/** Characters `start` up to, not including, `end`. */
export interface Place {
  source: Source
  start: number
  end: number
}

export function sourceOf(
  text: string,
  { file, directory, project }: Pick<Source, 'file' | 'directory' | 'project'>,
): Source {
  const lineStarts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lineStarts.push(at + 1)
  return { file, directory, project, text, lineStarts }
}

export function placeOf(source: Source, start: number, end: number): Place {
  return { source, start, end: Math.max(end, start + 1) }
}

/** 1-based line and column of an offset. */
export function positionOf({ lineStarts }: Source, offset: number): { line: number; column: number } {
  let low = 0
  let high = lineStarts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 }
}

export function fileRange({ source, start, end }: Place): FileRange {
  const { line, column } = positionOf(source, start)
  return {
    file: source.file,
    line,
    column,
    frame: frame(lineOf(source, line), line, column - 1, end - start),
  }
}

interface ShownLine {
  line: number
  text: string
}

/** Caches the last line: a 1 MiB line may have thousands of mistakes. */
const shownLines = new WeakMap<Source, ShownLine>()

/** A line without line break and credentials. */
function lineOf(source: Source, line: number): string {
  const known = shownLines.get(source)
  if (known?.line === line) return known.text
  const whole = source.text.slice(source.lineStarts[line - 1] ?? 0, source.lineStarts[line])
  const text = blankCredentials(whole.trimEnd())
  shownLines.set(source, { line, text })
  return text
}

/** Maximum length of a shown line; a list on one line can be much longer. */
const maxShown = 100

/** The source line with a caret under each offending character. */
function frame(wholeLine: string, line: number, before: number, length: number): string {
  const { text, column } = cut(wholeLine, before)
  const gutter = `  ${line} | `
  const room = Math.max(1, text.trimEnd().length - column)
  // Tabs are kept, so that carets align.
  const indent = text.slice(0, column).replace(/[^\t]/g, ' ')
  const carets = '^'.repeat(Math.max(1, Math.min(length, room)))
  return `${gutter}${text}\n${' '.repeat(gutter.length - 2)}| ${indent}${carets}`
}

function cut(text: string, column: number): { text: string; column: number } {
  if (text.length <= maxShown) return { text, column }
  const from = Math.max(0, Math.min(column - maxShown / 4, text.length - maxShown))
  const head = from > 0 ? '…' : ''
  const tail = from + maxShown < text.length ? '…' : ''
  return { text: `${head}${text.slice(from, from + maxShown)}${tail}`, column: column - from + head.length }
}
