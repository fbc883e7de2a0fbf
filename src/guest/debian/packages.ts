/** A Debian package index as a value: which packages there are, and what a package needs. */
import { compareVersions } from './version.ts'

export interface Package {
  name: string
  version: string
  /** Lower-case hex SHA-256 of the .deb. */
  sha256: string
  sizeBytes: number
  /** Pre-Depends and Depends: all of the list, each by any one of its alternatives. */
  depends: readonly (readonly string[])[]
}

export interface PackageIndex {
  get(name: string): Package | undefined
  /** Names of the packages that provide a virtual package. */
  providers(name: string): readonly string[]
}

function field(stanza: string, name: string): string | undefined {
  const match = new RegExp(`^${name}: (.*(?:\n[ \t].*)*)`, 'm').exec(stanza)
  return match?.[1]
}

/** `a (>= 1) | b:any, c` → [[a, b], [c]]. Versions are left out: one suite is consistent in itself. */
export function parseRelations(text: string): string[][] {
  return text
    .split(',')
    .map((alternatives) =>
      alternatives
        .split('|')
        .map((one) => one.trim().replace(/[\s:([].*$/s, ''))
        .filter((name) => name !== ''),
    )
    .filter((alternatives) => alternatives.length > 0)
}

function parseStanza(name: string, stanza: string): Package | undefined {
  const version = field(stanza, 'Version')
  const sha256 = field(stanza, 'SHA256')
  const size = field(stanza, 'Size')
  if (version === undefined || sha256 === undefined || size === undefined) return undefined
  const depends = ['Pre-Depends', 'Depends'].flatMap((key) => parseRelations(field(stanza, key) ?? ''))
  return { name, version, sha256, sizeBytes: Number(size), depends }
}

/** Reads `Packages` files. Of several versions of a package the newest counts. Stanzas are parsed when asked for. */
export function parsePackages(...texts: readonly string[]): PackageIndex {
  const stanzas = new Map<string, string[]>()
  const provided = new Map<string, string[]>()
  for (const text of texts) {
    for (const stanza of text.split(/\n\n+/)) {
      const name = /^Package: (\S+)/m.exec(stanza)?.[1]
      if (name === undefined) continue
      stanzas.set(name, [...(stanzas.get(name) ?? []), stanza])
      const provides = /^Provides: (.*)/m.exec(stanza)?.[1]
      if (provides === undefined) continue
      for (const [virtual] of parseRelations(provides)) {
        if (virtual !== undefined) provided.set(virtual, [...(provided.get(virtual) ?? []), name])
      }
    }
  }
  const parsed = new Map<string, Package | undefined>()
  return {
    get(name) {
      if (!parsed.has(name)) {
        const versions = (stanzas.get(name) ?? [])
          .map((stanza) => parseStanza(name, stanza))
          .filter((one) => one !== undefined)
          .sort((a, b) => compareVersions(b.version, a.version))
        parsed.set(name, versions[0])
      }
      return parsed.get(name)
    },
    providers: (name) => provided.get(name) ?? [],
  }
}

export interface ClosureProblem {
  /** The name that nothing in the index satisfies. */
  missing: string
  neededBy: string
}

/** Everything that `wanted` needs, sorted by name, without the packages in `without` and what only they need. */
export function closure(
  index: PackageIndex,
  wanted: readonly string[],
  without: ReadonlySet<string>,
): { packages: readonly Package[]; problems: readonly ClosureProblem[] } {
  const chosen = new Map<string, Package>()
  const problems: ClosureProblem[] = []
  const visit = (alternatives: readonly string[], neededBy: string) => {
    if (alternatives.some((name) => without.has(name) || chosen.has(name))) return
    const candidates = alternatives.flatMap((name) => (index.get(name) ? [name] : index.providers(name)))
    if (candidates.some((name) => without.has(name) || chosen.has(name))) return
    const found = candidates.map((name) => index.get(name)).find((one) => one !== undefined)
    if (found === undefined) {
      problems.push({ missing: alternatives.join(' | '), neededBy })
      return
    }
    chosen.set(found.name, found)
    for (const needed of found.depends) visit(needed, found.name)
  }
  for (const name of wanted) visit([name], 'the guest')
  return { packages: [...chosen.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), problems }
}
