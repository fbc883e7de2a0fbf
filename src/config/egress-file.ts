/** A file with only the value of network.egress, for `desktop forward --egress`: same keys and checks. */
import { resolve } from 'node:path'
import { errorAt, thrown } from './check/problem.ts'
import type { EgressSettings } from './desired.ts'
import { judge, type LoadOptions } from './load.ts'
import { readText } from './read/files.ts'
import { parseText } from './read/parse.ts'
import { type Place, placeOf, sourceOf } from './read/source.ts'
import type { Dictionary, Tree } from './read/tree.ts'

const hint = 'write the value of network.egress in desktop.yaml: preset or default, and rules'

/** Throws a DesktopError with the location, and further mistakes in `others`. */
export function readEgressFile(file: string, env: LoadOptions['env']): EgressSettings {
  const text = readText(resolve(file), file, hint)
  const source = sourceOf(text, { file, directory: '' })
  const { tree, errors } = parseText(source, { env })
  const whole = placeOf(source, 0, 1)
  if (tree === undefined) throw thrown(errors)
  if (tree.kind !== 'map')
    throw errorAt(whole, { code: 'config/yaml', message: 'the file must be a map of keys', hint })
  // A complete desktop.yaml would be rejected key by key.
  const outer = ['apiVersion', 'network', 'egress'].flatMap((key) => tree.entries.get(key)?.key ?? [])[0]
  if (outer !== undefined)
    throw errorAt(outer, {
      code: 'config/unknown-key',
      message: 'this is not valid for network.egress',
      hint,
    })
  return judge({ tree: around(tree, whole), errors, files: [], file: resolve(file) }, { env }, undefined)
    .desired.egress
}

/** The tree as part of a desktop.yaml. */
function around(egress: Tree, place: Place): Tree {
  const map = (values: Readonly<Record<string, Tree>>): Dictionary => {
    const entries = Object.entries(values).map(([key, value]) => [key, { key: place, value }] as const)
    return { kind: 'map', entries: new Map(entries), place }
  }
  const text = (value: string): Tree => ({ kind: 'scalar', value, place })
  return map({ apiVersion: text('desktop/v1'), name: text('forward'), network: map({ egress }) })
}
