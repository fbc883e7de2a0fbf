/**
 * Imports point one way. Each folder of src/ lists what it may import; anything else, any cycle between
 * files, and any Node built-in in a pure folder outside its adapter files fails the run.
 */
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

const root = join(import.meta.dirname, '..', 'src')

/** Folder → folders it may import. Files directly in src/ (errors, progress) may be imported by all. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  host: [],
  config: ['host'],
  names: ['config', 'host', 'engine'],
  net: ['config'],
  vm: ['config', 'host'],
  engine: ['config', 'host', 'supervisor'],
  guest: ['config', 'host', 'vm'],
  supervisor: ['config', 'host', 'names', 'net', 'vm', 'engine'],
  observe: ['config', 'host', 'guest', 'vm', 'engine', 'supervisor'],
  reconcile: ['config', 'host', 'net', 'vm', 'observe'],
  apply: ['config', 'host', 'guest', 'vm', 'engine', 'supervisor', 'observe', 'reconcile'],
  cli: [
    'config',
    'host',
    'guest',
    'vm',
    'engine',
    'names',
    'net',
    'supervisor',
    'observe',
    'reconcile',
    'apply',
  ],
  page: ['cli', 'config', 'host', 'net', 'apply', 'reconcile', 'observe', 'supervisor'],
}

/** From these folders only types of these modules may be imported, for contracts that both sides share. */
const typesOnly: readonly (readonly [from: string, to: string])[] = [
  ['engine', 'supervisor'],
  ['reconcile', 'observe'],
  ['reconcile', 'host'],
  ['reconcile', 'net'],
  ['reconcile', 'vm'],
  ...['cli', 'config', 'host', 'net', 'apply', 'reconcile', 'observe', 'supervisor'].map(
    (to) => ['page', to] as const,
  ),
]

/** Folders without effects: no Node built-in, except in files that say so in their name. */
const pure: readonly string[] = ['net', 'reconcile', 'page']
const adapterFile = /(^|\/)(adapter|host|standalone|api)(\/|[-.])|adapter/

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

const files = (await readdir(root, { recursive: true })).filter((f) => /\.tsx?$/.test(f)).sort()
const problems: string[] = []
const graph = new Map<string, string[]>()

for (const file of files) {
  const from = folderOf(file)
  const edges: string[] = []
  for (const { target, typeOnly, dynamic } of importsOf(await readFile(join(root, file), 'utf8'))) {
    if (target.startsWith('node:')) {
      if (pure.includes(from) && !typeOnly && !adapterFile.test(file)) {
        problems.push(`${file}: imports ${target}; ${from}/ is pure outside its adapter files`)
      }
      continue
    }
    if (!target.startsWith('.')) continue
    const path = relative(root, join(root, dirname(file), target))
    const to = folderOf(path)
    if (path.startsWith('..')) {
      if (!target.endsWith('.json')) problems.push(`${file}: imports ${target}, outside src/`)
      continue
    }
    if (!typeOnly && !dynamic) edges.push(path)
    if (to === '' || to === from) continue
    if (!(allowed[from] ?? []).includes(to)) problems.push(`${file}: ${from || 'src'}/ may not import ${to}/`)
    else if (!typeOnly && typesOnly.some(([a, b]) => a === from && b === to)) {
      problems.push(`${file}: ${from}/ may import only types from ${to}/`)
    }
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
