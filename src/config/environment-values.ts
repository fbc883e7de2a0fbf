/**
 * Environment variables that a file references. A file from a branch can reference any variable of the host that checks
 * it, so values are used but printed as `(from env NAME)`.
 */
import { find, type Tree } from './read/tree.ts'

/** Variables that are safe to log. */
const publicNames: ReadonlySet<string> = new Set(
  'USER LOGNAME HOME PWD HOSTNAME SHELL TERM LANG TZ XDG_RUNTIME_DIR XDG_STATE_HOME XDG_CACHE_HOME'.split(
    ' ',
  ),
)

/** Shorter values, e.g. a number of CPUs, are masked only at their key, not everywhere they occur. */
const minChars = 6

export class HiddenValues {
  /** Longest first, so that no value is masked in part. */
  readonly #values: readonly (readonly [value: string, shown: string])[]
  readonly #allowed: ReadonlySet<string>

  constructor(
    tree: Tree,
    env: Readonly<Record<string, string | undefined>>,
    allowed: readonly string[] = [],
  ) {
    this.#allowed = new Set([...publicNames, ...allowed])
    const values = new Map<string, string>()
    for (const name of this.namesIn(tree)) {
      const value = env[name] ?? ''
      if (value.length < minChars) continue
      values.set(value, hiddenText([name]))
      values.set(JSON.stringify(value).slice(1, -1), hiddenText([name]))
    }
    this.#values = [...values].sort(([a], [b]) => b.length - a.length)
  }

  /** Variables in the value that must not be shown. */
  namesIn(node: Tree | undefined): string[] {
    return [...new Set(variablesOf(node))].filter((name) => !this.#allowed.has(name))
  }

  /** Replacement for the value; undefined if the value may be shown. */
  shownFor(node: Tree | undefined): string | undefined {
    const names = this.namesIn(node)
    return names.length === 0 ? undefined : hiddenText(names)
  }

  /** Masks all values in the text. */
  hide(text: string): string {
    return this.#values.reduce((left, [value, shown]) => left.replaceAll(value, shown), text)
  }
}

const hiddenText = (names: readonly string[]): string => `(from env ${names.join(', ')})`

function variablesOf(node: Tree | undefined): string[] {
  switch (node?.kind) {
    case undefined:
      return []
    case 'scalar':
      return [...(node.variables ?? [])]
    case 'list':
      return node.items.flatMap(variablesOf)
    case 'map': {
      const named = find(node, ['fromEnv'])
      const own = named?.kind === 'scalar' && typeof named.value === 'string' ? [named.value] : []
      return [...own, ...[...node.entries.values()].flatMap(({ value }) => variablesOf(value))]
    }
  }
}
