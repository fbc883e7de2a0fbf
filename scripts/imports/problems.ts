/**
 * Finds imports and comments that break the rules, given the text of every source file. Reads no files
 * itself.
 */
import { basename, dirname, join } from 'node:path/posix'
import { allowed, clockless, layers, mayRun, pureFolders, rooms, shared, typesOnly } from './rules.ts'

const importLine = /^(import|export)\s+(type\s)?[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]/gm
const dynamicImport = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g

interface Import {
  target: string
  typeOnly: boolean
  dynamic: boolean
}

function importsOf(text: string): Import[] {
  const found: Import[] = []
  for (const m of text.matchAll(importLine)) {
    found.push({ target: m[3] ?? m[4] ?? '', typeOnly: m[2] !== undefined, dynamic: false })
  }
  for (const m of text.matchAll(dynamicImport))
    found.push({ target: m[1] ?? '', typeOnly: false, dynamic: true })
  return found
}

const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : '')

/** Index of a file's layer in its folder; the longest matching path wins. */
function layerOf(file: string): { layer: number; member: string } | undefined {
  const found = (layers[folderOf(file)] ?? []).flatMap((members, layer) =>
    members
      .map((member) => `${folderOf(file)}/${member}`)
      .filter((member) => file === member || file.startsWith(`${member}/`))
      .map((member) => ({ layer, member })),
  )
  return found.toSorted((a, b) => b.member.length - a.member.length)[0]
}

/** Within a layered folder: allows only lower layers, or the same part of the same layer. */
function isUpward(from: string, to: string): boolean {
  const [a, b] = [layerOf(from), layerOf(to)]
  if (a === undefined || b === undefined) return false
  return b.layer > a.layer || (b.layer === a.layer && b.member !== a.member)
}

function edgeProblems(file: string, path: string, { typeOnly }: Import): string[] {
  const [from, to] = [folderOf(file), folderOf(path)]
  if (to === from) return isUpward(file, path) ? [`${file}: imports ${path}, which lies above it`] : []
  if (to === '' || shared.includes(to)) return []
  const problems: string[] = []
  if (!(allowed[from] ?? []).includes(to)) problems.push(`${file}: ${from || 'src'}/ may not import ${to}/`)
  else if (!typeOnly && typesOnly.some(([a, b]) => a === from && b === to))
    problems.push(`${file}: ${from}/ may import only types from ${to}/`)
  if (file.startsWith('cli/commands/') && !mayRun.includes(file) && path.startsWith('apply/run/'))
    problems.push(`${file}: a command that changes nothing may not import ${path}`)
  return problems
}

function packageProblems(file: string, { target, typeOnly }: Import): string[] {
  const rule = pureFolders[folderOf(file)]
  if (rule === undefined || typeOnly || rule.adapters.test(file)) return []
  if (!target.startsWith('node:') && target !== 'koffi') return []
  return [`${file}: imports ${target}; ${folderOf(file)}/ is pure outside its adapters`]
}

const ambient =
  /(?<![\w.#])(?:Date\.now|performance\.now|setTimeout|setInterval|setImmediate|Math\.random|process\.\w+|new Date(?=\(\)))/g

const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')

/** Finds facts repeated outside the files that own them. */
function roomProblems(file: string, text: string): string[] {
  const isThere = ({ folder, files }: (typeof rooms)[number]): boolean =>
    files.includes(file) || (folder !== undefined && folderOf(file) !== folder)
  const code = withoutComments(text)
  return rooms
    .filter((room) => !isThere(room) && room.pattern.test(code))
    .map(({ fact, files }) => `${file}: has ${fact}; that belongs in ${files.join(', ')}`)
}

/** Finds uses of clocks, timers, random numbers and the process, which need no import. */
function ambientProblems(file: string, text: string): string[] {
  const rule = clockless[folderOf(file)]
  if (rule === undefined || rule.except.test(file)) return []
  const code = withoutComments(text)
  return [...code.matchAll(ambient)].map(
    ([use]) => `${file}: uses ${use}; ${folderOf(file)}/ takes it as an argument`,
  )
}

/** Finds missing files named in comments: `tcp/emit.ts`, or `emit.ts` alone. */
function commentProblems(file: string, text: string, known: ReadonlySet<string>, names: ReadonlySet<string>) {
  const problems: string[] = []
  for (const [comment] of text.matchAll(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm)) {
    for (const [, name = ''] of comment.matchAll(/(?<![\w./-])((?:[\w-]+\/)*[\w-]+\.tsx?)\b/g)) {
      const inSrc = name.replace(/^src\//, '')
      const isThere = name.includes('/')
        ? [inSrc, join(folderOf(file), name), join(dirname(file), name)].some((path) => known.has(path))
        : names.has(name)
      if (!isThere && !/^(test|scripts|bench)\//.test(name))
        problems.push(`${file}: a comment names ${name}, which is not there`)
    }
  }
  return problems
}

/** Finds cycles by depth-first search. */
function cyclesOf(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const problems: string[] = []
  const done = new Set<string>()
  /** `path` is the chain of files being visited. */
  const visit = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file)
    if (at >= 0) {
      problems.push(`cycle: ${[...path.slice(at), file].join(' → ')}`)
      return
    }
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  return problems
}

/** @param sources path below src/ → text. */
export function importProblems(sources: ReadonlyMap<string, string>): string[] {
  const known = new Set(sources.keys())
  const names = new Set([...known].map((file) => basename(file)))
  const graph = new Map<string, string[]>()
  const problems: string[] = []
  for (const [file, text] of sources) {
    const edges: string[] = []
    problems.push(
      ...commentProblems(file, text, known, names),
      ...ambientProblems(file, text),
      ...roomProblems(file, text),
    )
    for (const one of importsOf(text)) {
      const { target, dynamic } = one
      if (!target.startsWith('.')) {
        problems.push(...packageProblems(file, one))
        continue
      }
      const path = join(dirname(file), target)
      if (path.startsWith('..')) {
        if (!target.endsWith('.json')) problems.push(`${file}: imports ${target}, outside src/`)
        continue
      }
      if (!dynamic) edges.push(path)
      problems.push(...edgeProblems(file, path, one))
    }
    graph.set(file, edges)
  }
  return [...problems, ...cyclesOf(graph)]
}
