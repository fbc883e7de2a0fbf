/** A lock that this version of desktop can use, of packages that do not exist. */
import { createHash } from 'node:crypto'
import { recipes } from '../../../src/guest/debian/components.ts'
import type { ComponentLock, LockedPackage } from '../../../src/guest/image.ts'

/** @param versions of some packages; the others have version 1. */
export function sampleLock(versions: Readonly<Record<string, string>> = {}): ComponentLock {
  const locked = (name: string): LockedPackage => {
    const version = versions[name] ?? '1'
    const sha256 = createHash('sha256').update(`${name} ${version}`).digest('hex')
    return { name, version, sha256, sizeBytes: name.length }
  }
  const components = recipes.map(({ name, packages }) => ({
    name,
    packages: packages.toSorted().map(locked),
  }))
  return { source: 'trixie/amd64', components }
}
