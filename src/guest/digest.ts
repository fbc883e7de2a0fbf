/** The image digest, computed from the inputs before building. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Builder } from '../config/desired.ts'
import { readIfExists, writeAtomic } from '../host/atomic-file.ts'
import type { CachePaths } from '../host/paths.ts'
import { dropEverywhere, recipes, withoutPackages } from './debian/components.ts'
import { guestFilesDir } from './debian/images.ts'
import { sha256 } from './debian/lock.ts'
import type { ComponentLock, GuestInputs } from './image.ts'

/** Incremented when the builder's output changes for the same inputs. */
const builderVersion = 4

/** Recipes as text, including their patterns. */
function asText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    part instanceof RegExp ? part.source : part instanceof Set ? [...part] : part,
  )
}

/** Digest of the recipes, which decide the resolved packages. */
const recipesDigest = (): string => sha256(asText([recipes, withoutPackages]))

/** Cached: the files of an installed version do not change while it runs. */
let known: string | undefined

function guestFilesDigest(): string {
  known ??= digestOfGuestFiles()
  return known
}

/** Synchronous: for forty small files, ten times faster than the thread pool. */
function digestOfGuestFiles(): string {
  const parts: (string | Uint8Array)[] = []
  const files = readdirSync(guestFilesDir(), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
  for (const path of files.sort()) {
    const content = readFileSync(path)
    const executable = (statSync(path).mode & 0o100) !== 0
    parts.push(`${relative(guestFilesDir(), path)}\0${executable}\0${content.length}\0`, content)
  }
  return sha256(...parts)
}

function lockFile(cache: CachePaths): string {
  return join(cache.aptDir, 'lock.json')
}

interface LockRecord {
  recipes: string
  lock: ComponentLock
}

/** The packages resolved for these recipes; undefined before the first time. */
export async function cachedLock(cache: CachePaths): Promise<ComponentLock | undefined> {
  const text = await readIfExists(lockFile(cache))
  if (text === undefined) return undefined
  try {
    const record = JSON.parse(text) as LockRecord
    return record.recipes === recipesDigest() ? record.lock : undefined
  } catch {
    // The cache can be deleted at any time, so a damaged record counts as missing.
    return undefined
  }
}

export async function keepLock(cache: CachePaths, lock: ComponentLock): Promise<void> {
  const record: LockRecord = { recipes: recipesDigest(), lock }
  await writeAtomic(lockFile(cache), JSON.stringify(record))
}

/** Everything in this version of desktop that affects component images: recipes, patterns, guest files. */
export function buildRules(): string {
  return sha256(asText([builderVersion, recipes, dropEverywhere]), guestFilesDigest())
}

/** `sha256:…` of package digests, LinuxKit YAML, build rules, and the builder if it is not ours. */
export function imageDigest(lock: ComponentLock, linuxkitYaml: string, builder: Builder = 'desktop'): string {
  const packages = lock.components.map(({ name, packages }) => [name, packages.map((one) => one.sha256)])
  const by = builder === 'desktop' ? [] : [builder]
  return `sha256:${sha256(JSON.stringify([lock.source, packages, linuxkitYaml, ...by]), buildRules())}`
}

/**
 * The digest that `buildGuest` would return, without network or tools; undefined if no packages have been resolved for
 * these recipes yet.
 */
export async function guestImageDigest(inputs: GuestInputs, cache: CachePaths): Promise<string | undefined> {
  const lock = inputs.lock ?? (await cachedLock(cache))
  return lock === undefined ? undefined : imageDigest(lock, inputs.linuxkitYaml, inputs.builder)
}
