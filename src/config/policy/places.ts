/** Where a value that rules see is written: in desktop.yaml some have other paths, and defaults have none. */

import type { FileRange } from '../../errors.ts'
import type { Desired } from '../desired.ts'
import { ownKeys } from '../origins.ts'
import { fileRange, type Path } from '../read/source.ts'
import { find, locate, type Tree } from '../read/tree.ts'

export interface Written {
  /** The value; for one that is not written, the nearest thing around it. */
  at: FileRange
  written: boolean
}

interface Layout {
  tree: Tree
  desired: Pick<Desired, 'ports'>
  portPaths: ReadonlyMap<string, Path>
}

export function placeOf({ tree, desired, portPaths }: Layout, path: Path): Written {
  const spellings = [path, ...otherSpellings(path, desired, portPaths)]
  const written = spellings.find((one) => find(tree, one) !== undefined)
  return { at: fileRange(locate(tree, written ?? path, 'value')), written: written !== undefined }
}

function otherSpellings(path: Path, desired: Layout['desired'], portPaths: Layout['portPaths']): Path[] {
  const [first, second, ...rest] = path
  if (first === 'ports' && second !== undefined) {
    const entry = portPaths.get(desired.ports[Number(second)]?.id ?? '')
    return entry === undefined ? [] : [[...entry, 'host'], entry]
  }
  if (first !== 'engine') return []
  const [third = '', ...below] = rest
  const own = second === 'config' ? ownKeys[third] : undefined
  if (own !== undefined)
    return [
      ['engine', own, ...below],
      ['engine', own],
    ]
  const key = Object.keys(ownKeys).find((name) => ownKeys[name] === second)
  return key === undefined
    ? []
    : [
        ['engine', 'config', key, ...rest],
        ['engine', 'config', key],
      ]
}
