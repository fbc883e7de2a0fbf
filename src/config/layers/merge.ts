/** Merges one layer over another: maps by key, lists of named items by name; anything else is replaced. */
import type { Entry, List, Tree } from '../read/tree.ts'

export function merge(base: Tree, over: Tree): Tree {
  if (base.kind === 'map' && over.kind === 'map') {
    const entries = new Map(base.entries)
    for (const [key, entry] of over.entries) {
      const before = entries.get(key)
      // A policy rule is replaced as a whole: merged conditions could disable each other.
      entries.set(key, key === 'policy' ? replaceItems(before, entry) : mergeEntry(before, entry))
    }
    return { kind: 'map', entries, place: over.place }
  }
  if (base.kind === 'list' && over.kind === 'list') return mergeLists(base, over)
  return over
}

const mergeEntry = (base: Entry | undefined, over: Entry): Entry =>
  base === undefined ? over : { key: over.key, value: merge(base.value, over.value) }

function replaceItems(base: Entry | undefined, over: Entry): Entry {
  if (base?.value.kind !== 'list' || over.value.kind !== 'list') return over
  return { key: over.key, value: mergeLists(base.value, over.value, (_before, item) => item) }
}

/** Merged items keep their position; new ones are appended. An empty list replaces the base. */
function mergeLists(base: List, over: List, both: (before: Tree, item: Tree) => Tree = merge): List {
  const names = over.items.map(nameOf)
  const allNamed = [...names, ...base.items.map(nameOf)].every((name) => name !== undefined)
  if (!allNamed || over.items.length === 0) return over
  const merged = new Map(base.items.map((item) => [nameOf(item), item]))
  for (const item of over.items) {
    const before = merged.get(nameOf(item))
    merged.set(nameOf(item), before === undefined ? item : both(before, item))
  }
  // Duplicate names in one file are reported by the checks; merging must not hide them.
  const doubled = new Set(names).size < names.length || merged.size < base.items.length
  return doubled ? over : { ...over, items: [...merged.values()] }
}

export function nameOf(item: Tree): string | undefined {
  const name = item.kind === 'map' ? item.entries.get('name')?.value : undefined
  return name?.kind === 'scalar' && typeof name.value === 'string' ? name.value : undefined
}
