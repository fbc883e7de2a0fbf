/** Source locations of values that rules see: in desktop.yaml some have other paths, and defaults have none. */
import type { FileRange } from '../../errors/desktop-error.ts'
import type { Desired } from '../desired.ts'
import type { HiddenValues } from '../environment-values.ts'
import { ownKeys } from '../origins.ts'
import { fileRange, type Path } from '../read/source.ts'
import { find, locate, type Tree } from '../read/tree.ts'

export interface Written {
  /** Location of the value; for a default, the nearest enclosing value. */
  at: FileRange
  written: boolean
  /** Replacement that file rules see if the value is from the environment. */
  hidden: string | undefined
}

interface Layout {
  tree: Tree
  desired: Pick<Desired, 'ports'>
  portPaths: ReadonlyMap<string, Path>
  hidden: HiddenValues
}

export function placeOf({ tree, desired, portPaths, hidden }: Layout, path: Path): Written {
  const spellings = spellingsOf(path, desired, portPaths)
  const written = spellings.find((one) => find(tree, one) !== undefined)
  return {
    at: fileRange(locate(tree, written ?? path, 'value')),
    written: written !== undefined,
    hidden: written === undefined ? undefined : hidden.shownFor(find(tree, written)),
  }
}

function spellingsOf(path: Path, desired: Layout['desired'], portPaths: Layout['portPaths']): Path[] {
  const [first, second, ...rest] = path
  if (first === 'ports' && second !== undefined) {
    // Entries with ranges expand to several ports, so the indexes differ.
    const entry = portPaths.get(desired.ports[Number(second)]?.id ?? '')
    const field = portKeys[String(rest[0])]
    return entry === undefined ? [] : [...(field === undefined ? [] : [[...entry, field]]), entry]
  }
  if (first !== 'engine') return [path]
  const [third = '', ...below] = rest
  const own = second === 'config' ? ownKeys[third] : undefined
  if (own !== undefined) return [path, ['engine', own, ...below], ['engine', own]]
  const key = Object.keys(ownKeys).find((name) => ownKeys[name] === second)
  return key === undefined ? [path] : [path, ['engine', 'config', key, ...rest], ['engine', 'config', key]]
}

/** Port fields in the policy document → keys in desktop.yaml. */
const portKeys: Readonly<Record<string, string>> = {
  name: 'name',
  protocol: 'protocol',
  address: 'host',
  port: 'host',
  path: 'host',
  guest: 'guest',
  guestPort: 'guest',
}
