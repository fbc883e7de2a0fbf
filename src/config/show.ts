/** All effective values with their origins, for `config show --origin`. */
import { maskCredentials } from '../errors/credentials.ts'
import type { Desired, JsonValue } from './desired.ts'
import { effects } from './effects.ts'
import type { LoadedConfig } from './load.ts'
import { type Origin, originOf } from './origins.ts'
import type { Path } from './read/source.ts'
import { find, pathText, type Tree } from './read/tree.ts'

export interface EffectiveValue {
  /** `vm.memory`, `ports[0].host`, `network.dns.hosts["a.test"]`. */
  path: string
  /** As written; credentials in URLs and values from the environment are masked. A default is in YAML notation. */
  value: JsonValue
  /** undefined = a default. */
  origin: Origin | undefined
}

/** In the order of the reference page. Unset keys without a default are omitted. */
export function effectiveValues({
  tree,
  desired,
  hidden,
}: Pick<LoadedConfig, 'tree' | 'desired' | 'hidden'>): EffectiveValue[] {
  return Object.entries(effects).flatMap(([key, row]) => {
    const path = key.split('.')
    const node = find(tree, path)
    if (node !== undefined) return written(node, path, hidden)
    const fallback = derived[key]?.(desired) ?? row.default
    return fallback === undefined ? [] : [{ path: key, value: fallback, origin: undefined }]
  })
}

/** Defaults derived from other keys. */
const derived: Readonly<Record<string, (desired: Desired) => JsonValue | undefined>> = {
  name: ({ name }) => name,
  'network.gateway': ({ network }) => network.gateway,
  'network.address': ({ network }) => network.address,
  'network.host': ({ network }) => network.host,
  'network.subnet6': ({ network }) => network.ipv6?.subnet,
  'network.egress.default': ({ egress }) => egress.default,
}

function written(node: Tree, path: Path, hidden: LoadedConfig['hidden']): EffectiveValue[] {
  const own = (value: JsonValue): EffectiveValue => ({
    path: pathText(path),
    value,
    origin: originOf(node, hidden),
  })
  switch (node.kind) {
    case 'scalar':
      return [
        own(
          hidden.shownFor(node) ??
            (typeof node.value === 'string' ? maskCredentials(node.value) : node.value),
        ),
      ]
    case 'list':
      if (node.items.length === 0) return [own([])]
      return node.items.flatMap((item, index) => written(item, [...path, index], hidden))
    case 'map':
      if (node.entries.size === 0) return [own({})]
      return [...node.entries].flatMap(([key, { value }]) => written(value, [...path, key], hidden))
  }
}
