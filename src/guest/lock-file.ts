/**
 * desktop.lock: all packages of the guest with version and digest, one per line, so that a changed package is one line
 * in a diff. Deterministic.
 */
import { DesktopError } from '../errors/desktop-error.ts'
import { messageOf } from '../errors/system.ts'
import { readIfExists } from '../host/atomic-file.ts'
import { recipes } from './debian/components.ts'
import { componentImage } from './debian/images.ts'
import { allPackages } from './debian/lock.ts'
import { isPackageName, isSourceName, isVersion } from './debian/version.ts'
import type { ComponentLock, LockedComponent, LockedPackage } from './image.ts'

export const lockFormat = 'desktop-lock/1'

/**
 * @param rules digest of this version's build rules (`buildRules`), which together with the packages decide the images
 */
export function lockText(lock: ComponentLock, rules: string): string {
  const packages = allPackages(lock).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const kernel = packages.find(({ name }) => isKernel(name))
  const rows = (values: readonly object[]): string =>
    values.map((value) => `    ${spaced(value)}`).join(',\n')
  return `{
  "format": "${lockFormat}",
  "source": ${JSON.stringify(lock.source)},
  "kernel": ${kernel === undefined ? 'null' : JSON.stringify(kernel.name.replace('linux-image-', ''))},
  "packages": [
${rows(packages.map(({ name, version, sizeBytes, sha256 }) => ({ name, version, sizeBytes, sha256 })))}
  ],
  "components": [
${rows(
  lock.components.map((component) => ({
    image: componentImage(component, rules),
    packages: component.packages.map(({ name }) => name),
  })),
)}
  ]${lock.client === undefined ? '' : `,\n  "client": ${list(lock.client.map(({ name }) => name))}`}${contentsText(lock.contents)}
}
`
}

/** Sorted, one per line. */
function contentsText(contents: ComponentLock['contents']): string {
  if (contents === undefined) return ''
  const lines = Object.entries(contents)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, content]) => `    ${JSON.stringify(name)}: ${JSON.stringify(content)}`)
  return `,\n  "contents": {\n${lines.join(',\n')}\n  }`
}

const isKernel = (name: string): boolean => /^linux-image-\d/.test(name)

const list = (values: readonly unknown[]): string =>
  `[${values.map((one) => JSON.stringify(one)).join(', ')}]`

/** JSON on one line, with spaces. */
const spaced = (value: object): string =>
  `{ ${Object.entries(value)
    .map(
      ([key, inner]) =>
        `${JSON.stringify(key)}: ${Array.isArray(inner) ? list(inner) : JSON.stringify(inner)}`,
    )
    .join(', ')} }`

/** undefined if there is no file; throws `config/lock` if this version cannot use it. */
export async function readLockFile(path: string): Promise<ComponentLock | undefined> {
  const text = await readIfExists(path)
  if (text === undefined) return undefined
  const lock = parseLock(text, path)
  const unknown = lock.components.filter(({ name }) => !recipes.some((one) => one.name === name))
  if (unknown.length > 0) {
    throw new DesktopError(
      'config/lock',
      `${path} has ${unknown.map(({ name }) => name).join(', ')}, which this version of desktop does not know`,
      { hint: 'run `desktop lock`, or use the version of desktop that wrote it' },
    )
  }
  const lacking = notCovered(lock)
  if (lacking.length === 0) return lock
  throw new DesktopError(
    'config/lock',
    `${path} lacks ${lacking.join(', ')}, which this version of desktop needs`,
    {
      hint: 'run `desktop lock`: it adds missing packages and keeps the others',
    },
  )
}

/** Throws `config/lock`. */
export function parseLock(text: string, path: string): ComponentLock {
  const refuse = (
    message: string,
    hint = 'restore it from version control, or write a new one: desktop lock --update',
  ): never => {
    throw new DesktopError('config/lock', `${path} ${message}`, { hint })
  }
  const conflict = /^(<{7}|={7}|>{7})/m.exec(text)
  if (conflict !== null)
    return refuse('has conflict markers', 'keep one side of the conflict, then run `desktop lock`')
  let value: Record<string, unknown>
  try {
    value = JSON.parse(text) as typeof value
  } catch (error) {
    return refuse(`is not JSON: ${messageOf(error)}`)
  }
  const format = String(value?.format)
  if (/^desktop-lock\/\d+$/.test(format) && format !== lockFormat)
    return refuse(
      `has another format version (${format})`,
      'use the version of desktop that wrote it, or a later one',
    )
  if (format !== lockFormat) return refuse('is not a desktop.lock')
  const packages = new Map<string, LockedPackage>()
  for (const one of listOf(value.packages)) {
    if (!isPackage(one)) return refuse(`has an invalid package: ${JSON.stringify(one).slice(0, 80)}`)
    if (packages.has(one.name)) return refuse(`names ${one.name} twice`)
    const { name, version, sha256, sizeBytes } = one
    packages.set(name, { name, version, sha256, sizeBytes })
  }
  const named = (names: unknown, of: string): LockedPackage[] =>
    listOf(names).map(
      (known) => packages.get(String(known)) ?? refuse(`has no package ${known}, of which ${of} is made`),
    )
  const client = value.client === undefined ? undefined : named(value.client, 'the docker client')
  const components = listOf(value.components).map((one): LockedComponent => {
    const { image, packages: names } = (one ?? {}) as { image?: unknown; packages?: unknown }
    const name = /^([^:]+):[0-9a-f]{16}$/.exec(String(image))?.[1]
    if (name === undefined)
      return refuse(`has a component without an image: ${JSON.stringify(one).slice(0, 80)}`)
    return { name, packages: named(names, name) }
  })
  const made = [...components.flatMap((one) => one.packages), ...(client ?? [])]
  const used = new Set(made.map(({ name }) => name))
  const stray = [...packages.keys()].filter((name) => !used.has(name))
  if (stray.length > 0) return refuse(`has packages that no component uses: ${stray.join(', ')}`)
  const twice = components.find(({ name }, index) => components.findIndex((one) => one.name === name) < index)
  if (twice !== undefined) return refuse(`names the component ${twice.name} twice`)
  if (typeof value.source !== 'string' || !isSourceName(value.source)) return refuse('has no source')
  const contents = contentsOf(value.contents)
  if (contents === 'unusable') return refuse('pins a content that is not a digest')
  return {
    source: value.source,
    components,
    ...(client === undefined ? {} : { client }),
    ...(contents === undefined ? {} : { contents }),
  }
}

const sha256Digest = /^sha256:[0-9a-f]{64}$/

function contentsOf(value: unknown): Record<string, string> | undefined | 'unusable' {
  if (value === undefined) return undefined
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'unusable'
  const entries = Object.entries(value)
  const isName = (name: string): boolean => sha256Digest.test(name) || /^[^:]+:[0-9a-f]{16}$/.test(name)
  return entries.every(([name, content]) => isName(name) && sha256Digest.test(String(content)))
    ? Object.fromEntries(entries.map(([name, content]) => [name, String(content)]))
    : 'unusable'
}

/** The size of Debian's largest packages; downloads reserve it. */
const maxPackageBytes = 2 * 2 ** 30

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

function isPackage(value: unknown): value is LockedPackage {
  const { name, version, sha256, sizeBytes } = (value ?? {}) as Record<string, unknown>
  return (
    typeof name === 'string' &&
    isPackageName(name) &&
    typeof version === 'string' &&
    isVersion(version) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    typeof sizeBytes === 'number' &&
    Number.isInteger(sizeBytes) &&
    sizeBytes > 0 &&
    sizeBytes <= maxPackageBytes
  )
}

/** Components or packages that this version builds and the lock lacks. */
export function notCovered({ components }: ComponentLock): string[] {
  return recipes.flatMap(({ name, packages }) => {
    const locked = components.find((one) => one.name === name)
    if (locked === undefined) return [`the component ${name}`]
    return packages
      .filter((wanted) => !locked.packages.some((one) => one.name === wanted))
      .map((wanted) => `${wanted} in ${name}`)
  })
}

export interface PackageChange {
  name: string
  /** Version; undefined = not present. */
  from: string | undefined
  to: string | undefined
}

/** Changes by name. The same version with a different digest is also a change. */
export function packageChanges(
  from: readonly LockedComponent[],
  to: readonly LockedComponent[],
): PackageChange[] {
  const byName = (components: readonly LockedComponent[]): Map<string, LockedPackage> =>
    new Map(components.flatMap(({ packages }) => packages.map((one) => [one.name, one])))
  const [before, after] = [byName(from), byName(to)]
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((name): PackageChange[] => {
    const [a, b] = [before.get(name), after.get(name)]
    if (a?.sha256 === b?.sha256) return []
    const version = (one: LockedPackage | undefined, other: LockedPackage | undefined): string | undefined =>
      one?.version === other?.version && one !== undefined
        ? `${one.version} (${one.sha256.slice(0, 12)})`
        : one?.version
    return [{ name, from: version(a, b), to: version(b, a) }]
  })
}

/** 1-based position of a package in the text of a lock. */
export function placeInLock(text: string, name: string): { line: number; column: number } | undefined {
  const lines = text.split('\n')
  const index = lines.findIndex((line) => line.startsWith(`    { "name": ${JSON.stringify(name)},`))
  return index < 0 ? undefined : { line: index + 1, column: 5 }
}
