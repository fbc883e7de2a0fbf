/**
 * Imports point one way, those of types included. Each folder of src/ lists what it may import, and the large ones
 * are divided into layers; anything else, any cycle between files, any import with effects in a pure folder, and any
 * comment that names a file which is not there fails the run.
 */
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { allowed, layers, noRun, pureFolders, shared, typesOnly } from './imports/rules.ts'

const root = join(import.meta.dirname, '..', 'src')

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

/** The number of a file's layer in its folder; the longest path that matches decides. */
function layerOf(file: string): { layer: number; member: string } | undefined {
  const found = (layers[folderOf(file)] ?? []).flatMap((members, layer) =>
    members
      .map((member) => `${folderOf(file)}/${member}`)
      .filter((member) => file === member || file.startsWith(`${member}/`))
      .map((member) => ({ layer, member })),
  )
  return found.toSorted((a, b) => b.member.length - a.member.length)[0]
}

/** Within a folder of layers: only what lies lower, or the same part of the same layer. */
function isUpward(from: string, to: string): boolean {
  const [a, b] = [layerOf(from), layerOf(to)]
  if (a === undefined || b === undefined) return false
  return b.layer > a.layer || (b.layer === a.layer && b.member !== a.member)
}

const files = (await readdir(root, { recursive: true })).filter((f) => /\.tsx?$/.test(f)).sort()
const known = new Set(files)
const names = new Set(files.map((file) => basename(file)))
const problems: string[] = []
const graph = new Map<string, string[]>()

function checkEdge(file: string, path: string, { typeOnly }: Import): void {
  const [from, to] = [folderOf(file), folderOf(path)]
  if (to === from) {
    if (isUpward(file, path)) problems.push(`${file}: imports ${path}, which lies above it`)
    return
  }
  if (to === '' || shared.includes(to)) return
  if (!(allowed[from] ?? []).includes(to)) problems.push(`${file}: ${from || 'src'}/ may not import ${to}/`)
  else if (!typeOnly && typesOnly.some(([a, b]) => a === from && b === to)) {
    problems.push(`${file}: ${from}/ may import only types from ${to}/`)
  }
  if (noRun.includes(file) && path.startsWith('apply/run/')) {
    problems.push(`${file}: a command that changes nothing may not import ${path}`)
  }
}

function checkPackage(file: string, { target, typeOnly }: Import): void {
  const rule = pureFolders[folderOf(file)]
  if (rule === undefined || typeOnly || rule.adapters.test(file)) return
  if (target.startsWith('node:') || target === 'koffi') {
    problems.push(`${file}: imports ${target}; ${folderOf(file)}/ is pure outside its adapters`)
  }
}

/** File names in comments: `tcp/emit.ts`, or `emit.ts` alone. */
function checkComments(file: string, text: string): void {
  for (const [comment] of text.matchAll(/\/\*\*[\s\S]*?\*\/|^\s*\/\/.*$/gm)) {
    for (const [, name = ''] of comment.matchAll(/(?<![\w./-])((?:[\w-]+\/)*[\w-]+\.tsx?)\b/g)) {
      const inSrc = name.replace(/^src\//, '')
      const isThere = name.includes('/')
        ? [inSrc, join(folderOf(file), name), join(dirname(file), name)].some((path) => known.has(path))
        : names.has(name)
      if (!isThere && !/^(test|scripts|bench)\//.test(name)) {
        problems.push(`${file}: a comment names ${name}, which is not there`)
      }
    }
  }
}

for (const file of files) {
  const text = await readFile(join(root, file), 'utf8')
  const edges: string[] = []
  checkComments(file, text)
  for (const one of importsOf(text)) {
    const { target, dynamic } = one
    if (!target.startsWith('.')) {
      checkPackage(file, one)
      continue
    }
    const path = relative(root, join(root, dirname(file), target))
    if (path.startsWith('..')) {
      if (!target.endsWith('.json')) problems.push(`${file}: imports ${target}, outside src/`)
      continue
    }
    if (!dynamic) edges.push(path)
    checkEdge(file, path, one)
  }
  graph.set(file, edges)
}

/** Depth-first search; `path` is the chain of files now being visited. */
function findCycles(file: string, path: string[], done: Set<string>): void {
  const at = path.indexOf(file)
  if (at >= 0) {
    problems.push(`cycle: ${[...path.slice(at), file].join(' → ')}`)
    return
  }
  if (done.has(file)) return
  for (const next of graph.get(file) ?? []) findCycles(next, [...path, file], done)
  done.add(file)
}

const done = new Set<string>()
for (const file of files) findCycles(file, [], done)

for (const problem of problems) console.log(problem)
console.log(`${files.length} files, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1
