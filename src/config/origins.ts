/** Source locations of configuration values. */
import type { HiddenValues } from './environment-values.ts'
import { type Path, positionOf } from './read/source.ts'
import { find, type Tree } from './read/tree.ts'

export interface Origin {
  /** File name as the user wrote it; `--set` for an argument. */
  file: string
  line: number
  column: number
  /** Environment variables used in the value. */
  variables?: readonly string[]
  /** Replacement for a value that must not be shown. */
  shown?: string
}

export interface Origins {
  /**
   * Origin of a value by its path, as steps or as the text in plans (`vm.memory`, `ports.web`,
   * `engine.config.registry-mirrors`). undefined = a default.
   */
  of(path: Path | string): Origin | undefined
}

/** Keys of daemon.json that have a dedicated key in desktop.yaml. */
export const ownKeys: Readonly<Record<string, string>> = {
  'registry-mirrors': 'registryMirrors',
  'insecure-registries': 'insecureRegistries',
  'default-address-pools': 'addressPools',
  proxies: 'proxies',
}

/** Keys of their parts. */
const ownParts: Readonly<Record<string, string>> = {
  '.http-proxy': '.http',
  '.https-proxy': '.https',
  '.no-proxy': '.noProxy',
}

/** `portPaths`: path of the `ports` entry of each mapping, by mapping id. */
export function originsOf(tree: Tree, portPaths: ReadonlyMap<string, Path>, hidden: HiddenValues): Origins {
  return {
    of(path) {
      const node = typeof path === 'string' ? byText(tree, path, portPaths) : find(tree, path)
      return node && originOf(node, hidden)
    },
  }
}

export function originOf(node: Tree, hidden: HiddenValues): Origin {
  const { source, start } = node.place
  const variables = node.kind === 'scalar' ? node.variables : undefined
  const shown = hidden.shownFor(node)
  return {
    file: source.file,
    ...positionOf(source, start),
    ...(variables === undefined ? {} : { variables }),
    ...(shown === undefined ? {} : { shown }),
  }
}

function byText(tree: Tree, text: string, portPaths: ReadonlyMap<string, Path>): Tree | undefined {
  const port = text.startsWith('ports.') ? portPaths.get(text.slice('ports.'.length)) : undefined
  if (port !== undefined) return find(tree, port)
  const [, key = '', rest = ''] = /^engine\.config\.([\w-]+)(.*)$/.exec(text) ?? []
  const own = ownKeys[key]
  const found = own === undefined ? undefined : descend(tree, `engine.${own}${ownParts[rest] ?? rest}`)
  return found ?? descend(tree, text)
}

/** Keys may contain dots, so each map is searched for a key that is a prefix of the remaining text. */
function descend(tree: Tree, text: string): Tree | undefined {
  if (text === '') return tree
  if (tree.kind === 'list') {
    const [whole, index] = /^\[(\d+)\]\.?/.exec(text) ?? []
    const item = tree.items[Number(index)]
    return whole === undefined || item === undefined ? undefined : descend(item, text.slice(whole.length))
  }
  if (tree.kind !== 'map') return undefined
  const whole = tree.entries.get(text)
  if (whole !== undefined) return whole.value
  // Tries prefixes of the text, because the map may have thousands of keys.
  for (const { index } of text.matchAll(/[.[]/g)) {
    const entry = tree.entries.get(text.slice(0, index))
    const found = entry && descend(entry.value, text.slice(index + (text[index] === '.' ? 1 : 0)))
    if (found !== undefined) return found
  }
  return undefined
}
