/** Reads all files of a configuration, extended files first, and merges them to one tree. */
import { dirname, resolve } from 'node:path'
import type { ErrorCode } from '../../errors/catalogue.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { errorAt } from '../check/problem.ts'
import { HiddenValues } from '../environment-values.ts'
import { type ParseOptions, parseText } from '../read/parse.ts'
import { type FileName, outsideTree, type ProjectTree, projectTree } from '../read/project-tree.ts'
import { sourceOf } from '../read/source.ts'
import type { Dictionary, Tree } from '../read/tree.ts'
import { merge } from './merge.ts'

export interface Collected {
  tree: Tree
  /** Absolute paths of all files that were read, lowest layer first. */
  files: readonly string[]
  errors: readonly DesktopError[]
  /** Whether all files could be read; if not, missing keys cannot be reported. */
  whole: boolean
}

export interface CollectOptions {
  env: ParseOptions['env']
  /** Files and folders outside the project that the user explicitly allows. */
  allowPaths?: readonly string[] | undefined
  /** Variables whose values may be shown. */
  allowEnv?: readonly string[] | undefined
  /** Throws `config/unreadable`, or the reason why the file is rejected. */
  readFile: (path: string, shown: string) => string
}

/** Later files win. Mistakes of all files are collected. */
export function collect(files: readonly FileName[], options: CollectOptions): Collected {
  const gathered: Gathered = { layers: 0, chars: 0, files: [], errors: [], whole: true }
  const trees = files.map((file) => {
    const project = projectTree(file.path, options.allowPaths ?? [])
    if (!project.allows(file.path)) throw outsideTree(file, project)
    return layer(file, { chain: [], project }, options, gathered)
  })
  const { errors, whole } = gathered
  return { tree: laidOver(trees), files: gathered.files, errors, whole }
}

interface Gathered {
  layers: number
  chars: number
  files: string[]
  errors: DesktopError[]
  whole: boolean
}

/** More layers are a mistake: files that extend each other twice would double with each layer. */
const maxLayers = 64
/** Limit for all files together. */
const maxTotalChars = 2 * 2 ** 20

/** Position in the `extends` tree: the extending files, outermost first, and the folder tree that bounds them. */
interface Position {
  chain: readonly FileName[]
  project: ProjectTree
}

const laidOver = (trees: readonly Tree[]): Tree => trees.reduce((base, over) => merge(base, over))

function layer(
  file: FileName,
  { chain, project }: Position,
  options: CollectOptions,
  gathered: Gathered,
): Tree {
  const directory = dirname(file.path)
  const text = options.readFile(file.path, file.shown)
  gathered.layers += 1
  gathered.chars += text.length
  const source = sourceOf(text, { file: file.shown, directory, project })
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
  const values = new HiddenValues(parsed.tree, options.env, options.allowEnv)
  const bases = basesOf(parsed.tree, gathered).map(({ name, node }) => {
    const hidden = values.shownFor(node)
    const base = { shown: hidden ?? besides(file.shown, name), path: resolve(directory, name) }
    // Errors name the file, so its path is masked too.
    const hide = (text: string): string =>
      hidden === undefined
        ? text
        : [base.path, name].reduce((left, one) => left.replaceAll(one, hidden), text)
    const above = [...chain, file]
    const refuse = (code: ErrorCode, message: string, hint?: string): Dictionary => {
      const problem = { code, message: hide(message), ...(hint === undefined ? {} : { hint: hide(hint) }) }
      gathered.errors.push(errorAt(node.place, problem))
      gathered.whole = false
      return nothing
    }
    if (above.some(({ path }) => path === base.path)) {
      const circle = [...above, base].map(({ shown }) => shown).join(' → ')
      return refuse('config/extends', `extends forms a cycle: ${circle}`)
    }
    if (gathered.layers >= maxLayers) {
      if (!gathered.whole) return nothing
      return refuse('config/too-many-files', `more than ${maxLayers} files are extended`)
    }
    if (gathered.chars > maxTotalChars) {
      if (!gathered.whole) return nothing
      return refuse('file/too-large', `the files together are larger than ${maxTotalChars / 1024} KiB`)
    }
    if (!project.allows(base.path)) {
      const { code, message, hint } = outsideTree(base, project)
      return refuse(code, message, hint)
    }
    try {
      return layer(base, { chain: above, project }, options, gathered)
    } catch (error) {
      if (!(error instanceof DesktopError)) throw error
      return refuse(error.code, error.message)
    }
  })
  gathered.files.push(file.path)
  const own: Dictionary = {
    ...parsed.tree,
    entries: new Map([...parsed.tree.entries].filter(([key]) => key !== 'extends')),
  }
  return laidOver([...bases, own])
}

function basesOf({ entries }: Dictionary, gathered: Gathered): { name: string; node: Tree }[] {
  const value = entries.get('extends')?.value
  if (value === undefined) return []
  return (value.kind === 'list' ? value.items : [value]).flatMap((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string' && item.value !== '') {
      return [{ name: item.value, node: item }]
    }
    const message = 'extends must be the path of a file, or a list of them'
    gathered.errors.push(errorAt(item.place, { code: 'config/wrong-type', message }))
    return []
  })
}

/** Name of an extended file in messages, relative to the extending file's name as the user wrote it. */
function besides(file: string, name: string): string {
  if (name.startsWith('/')) return name
  const folder = file.slice(0, file.lastIndexOf('/') + 1)
  return `${folder}${name.replace(/^(\.\/)+/, '')}`
}
