/** The files of a configuration, each after those that it extends, as one tree. */
import { dirname, resolve } from 'node:path'
import { DesktopError } from '../../errors.ts'
import { errorAt } from '../check/problem.ts'
import { type ParseOptions, parseText } from '../read/parse.ts'
import { type Place, sourceOf } from '../read/source.ts'
import type { Dictionary, Tree } from '../read/tree.ts'
import { merge } from './merge.ts'

export interface Collected {
  tree: Tree
  /** Absolute paths of all files that were read, in the order in which they were laid over each other. */
  files: readonly string[]
  errors: readonly DesktopError[]
  /** Whether every file could be read; else nothing can be said of what is missing. */
  whole: boolean
}

export interface CollectOptions {
  env: ParseOptions['env']
  /** Throws `config/unreadable`. */
  readFile: (path: string, shown: string) => string
}

/** A later file wins. Mistakes of all files are gathered. */
export function collect(files: readonly FileName[], options: CollectOptions): Collected {
  const gathered: Gathered = { files: [], errors: [], whole: true }
  const trees = files.map((file) => layer(file, [], options, gathered))
  return { tree: laidOver(trees), ...gathered }
}

interface Gathered {
  files: string[]
  errors: DesktopError[]
  whole: boolean
}

export interface FileName {
  /** As the user wrote it, for messages. */
  shown: string
  /** Absolute. */
  path: string
}

const laidOver = (trees: readonly Tree[]): Tree => trees.reduce((base, over) => merge(base, over))

/** `chain`: the files that extend this one, outermost first. */
function layer(
  file: FileName,
  chain: readonly FileName[],
  options: CollectOptions,
  gathered: Gathered,
): Tree {
  const directory = dirname(file.path)
  const source = sourceOf(options.readFile(file.path, file.shown), { file: file.shown, directory })
  const parsed = parseText(source, options)
  const nothing: Dictionary = { kind: 'map', entries: new Map(), place: { source, start: 0, end: 1 } }
  gathered.errors.push(...parsed.errors)
  if (parsed.tree === undefined) {
    gathered.whole = false
    return nothing
  }
  if (parsed.tree.kind !== 'map') {
    gathered.whole = false
    const message = 'the file must be a map of keys'
    const hint = 'start with `apiVersion: desktop/v1`'
    gathered.errors.push(errorAt(nothing.place, { code: 'config/yaml', message, hint }))
    return nothing
  }
  const bases = basesOf(parsed.tree, gathered).map(({ name, place }) => {
    const base = { shown: besides(file.shown, name), path: resolve(directory, name) }
    const above = [...chain, file]
    if (above.some(({ path }) => path === base.path)) {
      const circle = [...above, base].map(({ shown }) => shown).join(' → ')
      const message = `extends leads round in a circle: ${circle}`
      gathered.errors.push(errorAt(place, { code: 'config/extends', message }))
      gathered.whole = false
      return nothing
    }
    try {
      return layer(base, above, options, gathered)
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      gathered.errors.push(errorAt(place, { code: error.code, message: error.message }))
      gathered.whole = false
      return nothing
    }
  })
  gathered.files.push(file.path)
  const own: Dictionary = {
    ...parsed.tree,
    entries: new Map([...parsed.tree.entries].filter(([key]) => key !== 'extends')),
  }
  return laidOver([...bases, own])
}

function basesOf({ entries }: Dictionary, gathered: Gathered): { name: string; place: Place }[] {
  const value = entries.get('extends')?.value
  if (value === undefined) return []
  return (value.kind === 'list' ? value.items : [value]).flatMap((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '') {
      return [{ name: item.value, place: item.place }]
    }
    const message = 'extends must be the path of a file, or a list of them'
    gathered.errors.push(errorAt(item.place, { code: 'config/wrong-type', message }))
    return []
  })
}

/** The name of an extended file for messages: beside the file that names it, as the user wrote that one. */
function besides(file: string, name: string): string {
  if (name.startsWith('/')) return name
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  return `${folder}${name.replace(/^(\.\/)+/, '')}`
}
