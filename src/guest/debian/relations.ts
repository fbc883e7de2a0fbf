/** Relations between packages (Debian Policy 7.1): versions are checked, architectures are ignored. */
import { compareVersions } from './version.ts'

export interface Relation {
  name: string
  /** e.g. `>=`; requires a version. */
  operator?: string
  version?: string
}

const pattern = /^([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^\s)]+)\s*\))?/

/** `a (>= 1) | b:any, c` → [[a >= 1, b], [c]]: all entries are required, each by any of its alternatives. */
export function parseRelations(text: string): Relation[][] {
  return text
    .split(',')
    .map((alternatives) =>
      alternatives.split('|').flatMap((one): Relation[] => {
        const [, name, operator, version] = pattern.exec(one.trim()) ?? []
        if (name === undefined) return []
        return [operator === undefined || version === undefined ? { name } : { name, operator, version }]
      }),
    )
    .filter((alternatives) => alternatives.length > 0)
}

/** Whether the version satisfies the relation. A virtual package without a version satisfies no operator. */
export function satisfies(version: string | undefined, { operator, version: wanted }: Relation): boolean {
  if (operator === undefined || wanted === undefined) return true
  if (version === undefined) return false
  const order = compareVersions(version, wanted)
  switch (operator) {
    case '<<':
      return order < 0
    case '=':
      return order === 0
    case '>>':
      return order > 0
    // `<` and `>` are old spellings: Policy 7.1.
    case '<':
    case '<=':
      return order <= 0
    default:
      return order >= 0
  }
}

export const relationText = ({ name, operator, version }: Relation): string =>
  operator === undefined ? name : `${name} (${operator} ${version})`
