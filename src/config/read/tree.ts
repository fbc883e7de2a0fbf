/** Configuration values with source locations. Layers merge trees; messages look up locations. */
import type { JsonValue } from '../desired.ts'
import type { Path, Place } from './source.ts'

export type ScalarValue = string | number | boolean | null

export interface Scalar {
  kind: 'scalar'
  value: ScalarValue
  place: Place
  /** For text substituted from `${VAR}`: the variables, and the number or boolean that the text represents. */
  variables?: readonly string[]
  reading?: ScalarValue
  /** Contains a reference that could not be resolved; already reported, so the value is not checked further. */
  unset?: true
}

export interface List {
  kind: 'list'
  items: readonly Tree[]
  place: Place
}

export interface Entry {
  key: Place
  value: Tree
}

export interface Dictionary {
  kind: 'map'
  entries: ReadonlyMap<string, Entry>
  place: Place
}

export type Tree = Scalar | List | Dictionary

/** The plain value. Own properties only, so that `__proto__` is an ordinary key. */
export function plain(tree: Tree): JsonValue {
  switch (tree.kind) {
    case 'scalar':
      return tree.value
    case 'list':
      return tree.items.map(plain)
    case 'map':
      return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plain(value)]))
  }
}

function step(tree: Tree, key: string | number): Entry | undefined {
  if (tree.kind === 'map') return tree.entries.get(String(key))
  if (tree.kind !== 'list') return undefined
  const value = tree.items[Number(key)]
  return value && { key: value.place, value }
}

export function find(tree: Tree, path: Path): Tree | undefined {
  let node: Tree | undefined = tree
  for (const key of path) node = node && step(node, key)?.value
  return node
}

/** Location of the value or key at `path`; if there is none, of the nearest enclosing value. */
export function locate(tree: Tree, path: Path, what: 'key' | 'value'): Place {
  let node = tree
  let place = tree.place
  for (const [index, key] of path.entries()) {
    const entry = step(node, key)
    if (entry === undefined) break
    place = what === 'key' && index === path.length - 1 ? entry.key : entry.value.place
    node = entry.value
  }
  return place
}

/** Paths of all values with unresolved variables. */
export function unsetPaths(tree: Tree, path: Path = []): Path[] {
  switch (tree.kind) {
    case 'scalar':
      return tree.unset ? [path] : []
    case 'list':
      return tree.items.flatMap((item, index) => unsetPaths(item, [...path, index]))
    case 'map':
      return [...tree.entries].flatMap(([key, { value }]) => unsetPaths(value, [...path, key]))
  }
}

const bareKey = /^[A-Za-z_][\w-]*$/

/** `vm.memory`, `ports[2].host`, `network.dns.hosts["a.test"]`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    if (!bareKey.test(key)) return `${text}[${JSON.stringify(key)}]`
    return text === '' ? key : `${text}.${key}`
  }, '')
}
