/** `--set vm.cpus=4`: a value that overrides all files. */
import type { DesktopError } from '../../errors/desktop-error.ts'
import { errorAt } from '../check/problem.ts'
import { type ParseOptions, parseText } from '../read/parse.ts'
import { type Place, placeOf, type Source, sourceOf } from '../read/source.ts'
import { type Entry, pathText, type Tree } from '../read/tree.ts'
import { nameOf } from './merge.ts'

/** A path step and its position in the argument. */
interface Step {
  key: string | number
  place: Place
}

/** Maps whose keys contain dots (host names, kernel parameters): the rest of the path is one key. */
const dottedMaps: ReadonlySet<string> = new Set(['network.dns.hosts', 'guest.sysctl'])

type Outcome = { tree: Tree } | { errors: readonly DesktopError[] }

/** `argument` is PATH=VALUE; the value is YAML. */
export function applySet(tree: Tree, argument: string, directory: string, env: ParseOptions['env']): Outcome {
  const source = sourceOf(argument, { file: '--set', directory })
  const parsed = parsePath(source)
  if ('message' in parsed) return { errors: [refused(parsed.place, parsed.message, parsed.hint)] }
  const [first] = parsed.steps
  if (first?.key === 'extends') {
    const hint = 'name the file with -f, before those that go over it'
    return { errors: [refused(first.place, 'extends takes effect in a file only', hint)] }
  }
  const { tree: value, errors } = parseText(source, { env, from: parsed.end })
  if (value === undefined || errors.length > 0) return { errors }
  // `--set name=` sets an empty string, as in a shell.
  const leaf: Tree =
    argument.slice(parsed.end).trim() === ''
      ? { kind: 'scalar', value: '', place: placeOf(source, parsed.end, parsed.end) }
      : value
  return put(tree, parsed.steps, leaf, [])
}

const refused = (place: Place, message: string, hint?: string): DesktopError =>
  errorAt(place, { code: 'config/set', message, ...(hint === undefined ? {} : { hint }) })

const segment = /\.?([A-Za-z_][\w-]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/y

type ParsedPath = { steps: readonly Step[]; end: number } | { place: Place; message: string; hint: string }

function parsePath(source: Source): ParsedPath {
  const { text } = source
  const steps: Step[] = []
  let at = 0
  while (at < text.length && text[at] !== '=') {
    const path = steps.map(({ key }) => key)
    if (dottedMaps.has(pathText(path)) && text[at] === '.') {
      const end = text.indexOf('=', at)
      if (end < 0) break
      steps.push({ key: text.slice(at + 1, end), place: placeOf(source, at + 1, end) })
      at = end
      continue
    }
    segment.lastIndex = at
    const match = segment.exec(text)
    if (match === null || (at === 0 && match[0].startsWith('.'))) break
    const [whole, name, index, quoted] = match
    const key = name ?? (index === undefined ? (JSON.parse(`"${quoted}"`) as string) : Number(index))
    const start = whole.startsWith('.') ? at + 1 : at
    steps.push({ key, place: placeOf(source, start, at + whole.length) })
    at += whole.length
  }
  if (at < text.length && text[at] === '=' && steps.length > 0) return { steps, end: at + 1 }
  const hint = 'write KEY=VALUE, e.g. vm.cpus=4 or network.dns.hosts.a.test=10.0.0.1'
  if (at >= text.length)
    return { place: placeOf(source, 0, text.length), message: `"${text}" has no value`, hint }
  return { place: placeOf(source, at, at + 1), message: `"${text}" is not KEY=VALUE`, hint }
}

function put(
  tree: Tree | undefined,
  steps: readonly Step[],
  leaf: Tree,
  done: readonly (string | number)[],
): Outcome {
  const [step, ...rest] = steps
  if (step === undefined) return { tree: leaf }
  const { key, place } = step
  const below = (before: Tree | undefined, into: (value: Tree) => Tree): Outcome => {
    const inner = put(before, rest, leaf, [...done, key])
    return 'errors' in inner ? inner : { tree: into(inner.tree) }
  }
  if (tree?.kind === 'list') {
    const index = typeof key === 'number' ? key : tree.items.findIndex((item) => nameOf(item) === key)
    if (index < 0 || index > tree.items.length) {
      const message = `${pathText(done)} has no item ${typeof key === 'number' ? key : `called "${key}"`}`
      return { errors: [refused(place, message, `it has ${tree.items.length} items, counted from 0`)] }
    }
    return below(tree.items[index], (value) => ({ ...tree, items: tree.items.toSpliced(index, 1, value) }))
  }
  if (typeof key === 'number') return { errors: [refused(place, `${pathText(done)} is not a list`)] }
  const entries: ReadonlyMap<string, Entry> = tree?.kind === 'map' ? tree.entries : new Map()
  return below(entries.get(key)?.value, (value) => ({
    kind: 'map',
    entries: new Map([...entries, [key, { key: place, value }]]),
    place: tree?.place ?? place,
  }))
}
