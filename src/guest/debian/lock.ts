/** Resolves component recipes against a package index: names become exact versions and digests. */
import { createHash } from 'node:crypto'
import { DesktopError } from '../../errors/desktop-error.ts'
import type { ComponentLock, LockedComponent, LockedPackage } from '../image.ts'
import { type Recipe, withoutPackages } from './components.ts'
import { architecture, suite } from './mirror.ts'
import { closure, type PackageIndex } from './packages.ts'
import { compareVersions } from './version.ts'

/** Pure. Throws `guest/package-missing` with all names that the index lacks. */
export function resolveLock(index: PackageIndex, recipes: readonly Recipe[]): ComponentLock {
  const problems: string[] = []
  const components = recipes.map((recipe): LockedComponent => {
    const found = closure(index, recipe.packages, withoutPackages)
    problems.push(...found.problems.map((p) => `${p.missing} (needed by ${p.neededBy} in ${recipe.name})`))
    return {
      name: recipe.name,
      packages: found.packages.map(({ name, version, sha256, sizeBytes }) => ({
        name,
        version,
        sha256,
        sizeBytes,
      })),
    }
  })
  if (problems.length > 0) {
    throw new DesktopError('guest/package-missing', `the package index has no ${problems.join(', ')}`)
  }
  return { source: `${suite}/${architecture}`, components }
}

/** The index, restricted to these versions of the given packages. */
export function holding(index: PackageIndex, held: readonly LockedPackage[]): PackageIndex {
  const byName = new Map(held.map((one) => [one.name, one]))
  return {
    get(name) {
      const found = index.get(name)
      const locked = byName.get(name)
      return found === undefined || locked === undefined ? found : { ...found, ...locked }
    },
    versions: (name) => index.versions(name),
    providers: (wanted) => index.providers(wanted),
  }
}

/** Throws `guest/stale-index` if a package would be downgraded. */
export function refuseDowngrade(
  before: ComponentLock,
  after: ComponentLock,
  allowed: boolean = process.env.DESKTOP_DEBIAN_DOWNGRADE === 'allow',
): void {
  const versions = new Map(allPackages(before).map(({ name, version }) => [name, version]))
  const older = allPackages(after).flatMap(({ name, version }) => {
    const used = versions.get(name)
    return used !== undefined && compareVersions(version, used) < 0 ? [`${name} ${used} → ${version}`] : []
  })
  if (older.length === 0 || allowed) return
  throw new DesktopError(
    'guest/stale-index',
    `the mirror has older versions than those in use: ${older.join(', ')}`,
    {
      hint: 'use a mirror that is up to date and has the security suite, or set DESKTOP_DEBIAN_DOWNGRADE=allow',
    },
  )
}

/** All packages of the guest and of the docker client, deduplicated. */
export function allPackages(lock: ComponentLock): readonly LockedPackage[] {
  const all = [...lockedPackages(lock), ...(lock.client ?? [])]
  return [...new Map(all.map((one) => [one.sha256, one])).values()]
}

/** All packages of the guest, deduplicated. */
export function lockedPackages(lock: ComponentLock): readonly LockedPackage[] {
  const all = lock.components.flatMap((component) => component.packages)
  return [...new Map(all.map((one) => [one.sha256, one])).values()]
}

export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}
