/** A parsed Debian package index: available packages and their dependencies. */
import { parseRelations, type Relation, relationText, satisfies } from './relations.ts'
import { compareVersions, isPackageName, isVersion } from './version.ts'

export interface Package {
  name: string
  version: string
  /** Lower-case hex SHA-256 of the .deb. */
  sha256: string
  sizeBytes: number
  /** URL of the .deb on the mirror. */
  url: string
  /** Pre-Depends and Depends: all entries are required, each by any of its alternatives. */
  depends: readonly (readonly Relation[])[]
}

export interface PackageIndex {
  /** The newest version. */
  get(name: string): Package | undefined
  /** Newest first. */
  versions(name: string): readonly Package[]
  /** Names of packages whose newest version satisfies the relation. */
  providers(wanted: Relation): readonly string[]
}

/** A `Packages` file and its mirror. */
export interface IndexText {
  uri: string
  text: string
}

interface Stanza {
  uri: string
  text: string
}

/** Value of a field, including continuation lines. */
export function field(stanza: string, name: string): string | undefined {
  const match = new RegExp(`^${name}: (.*(?:\n[ \t].*)*)`, 'm').exec(stanza)
  return match?.[1]
}

export function dependsOf(stanza: string): Relation[][] {
  return ['Pre-Depends', 'Depends'].flatMap((key) => parseRelations(field(stanza, key) ?? ''))
}

function parseStanza(name: string, { uri, text }: Stanza): Package | undefined {
  const version = field(text, 'Version')
  const sha256 = field(text, 'SHA256')
  const size = field(text, 'Size')
  const path = field(text, 'Filename')
  if (version === undefined || sha256 === undefined || size === undefined || path === undefined)
    return undefined
  if (!isVersion(version) || !/^[0-9a-f]{64}$/.test(sha256) || !/^\d+$/.test(size)) return undefined
  return { name, version, sha256, sizeBytes: Number(size), url: `${uri}/${path}`, depends: dependsOf(text) }
}

/** Indexes `Packages` files; stanzas are parsed on demand. */
export function parsePackages(...texts: readonly IndexText[]): PackageIndex {
  const stanzas = new Map<string, Stanza[]>()
  const provided = new Map<string, Set<string>>()
  for (const { uri, text } of texts) {
    for (const stanza of text.split(/\n\n+/)) {
      const name = /^Package: (\S+)/m.exec(stanza)?.[1]
      if (name === undefined || !isPackageName(name)) continue
      const known = stanzas.get(name)
      if (known === undefined) stanzas.set(name, [{ uri, text: stanza }])
      else known.push({ uri, text: stanza })
      for (const virtual of provides(stanza)) {
        provided.set(virtual.name, (provided.get(virtual.name) ?? new Set()).add(name))
      }
    }
  }
  const parsed = new Map<string, readonly Package[]>()
  const versions = (name: string): readonly Package[] => {
    const known = parsed.get(name)
    if (known !== undefined) return known
    const found = (stanzas.get(name) ?? [])
      .map((stanza) => parseStanza(name, stanza))
      .filter((one) => one !== undefined)
      .sort((a, b) => compareVersions(b.version, a.version))
    parsed.set(name, found)
    return found
  }
  const newestStanza = (name: string): string => {
    const { version } = versions(name)[0] ?? {}
    return (stanzas.get(name) ?? []).find(({ text }) => field(text, 'Version') === version)?.text ?? ''
  }
  return {
    get: (name) => versions(name)[0],
    versions,
    providers: (wanted) =>
      [...(provided.get(wanted.name) ?? [])].filter((name) =>
        provides(newestStanza(name)).some(
          (virtual) => virtual.name === wanted.name && satisfies(virtual.version, wanted),
        ),
      ),
  }
}

const provides = (stanza: string): Relation[] => parseRelations(field(stanza, 'Provides') ?? '').flat()

export interface ClosureProblem {
  /** A relation that no package in the index satisfies. */
  missing: string
  neededBy: string
}

/**
 * Dependency closure of `wanted`, sorted by name, excluding the packages in `without` and their exclusive dependencies.
 */
export function closure(
  index: PackageIndex,
  wanted: readonly string[],
  without: ReadonlySet<string>,
): { packages: readonly Package[]; problems: readonly ClosureProblem[] } {
  const chosen = new Map<string, Package>()
  const problems: ClosureProblem[] = []
  /** Names that satisfy the relation: the package itself, then its providers. */
  const candidates = (relation: Relation): readonly string[] => {
    const real = index.get(relation.name)
    const provided = index.providers(relation)
    return real !== undefined && satisfies(real.version, relation) ? [real.name, ...provided] : provided
  }
  const visit = (alternatives: readonly Relation[], neededBy: string) => {
    if (alternatives.some(({ name }) => without.has(name))) return
    const names = alternatives.flatMap(candidates)
    if (names.some((name) => without.has(name) || chosen.has(name))) return
    const found = names.map((name) => index.get(name)).find((one) => one !== undefined)
    if (found === undefined) {
      problems.push({ missing: alternatives.map(relationText).join(' | '), neededBy })
      return
    }
    chosen.set(found.name, found)
    for (const needed of found.depends) visit(needed, found.name)
  }
  for (const name of wanted) visit([{ name }], 'the guest')
  return { packages: [...chosen.values()].sort((a, b) => (a.name < b.name ? -1 : 1)), problems }
}
