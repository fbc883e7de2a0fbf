/** Image names in the syntax of LinuxKit and containerd. */

/** A name with explicit registry and path. */
export interface Reference {
  /** `docker.io/library/busybox`. */
  locator: string
  /** Tag, `tag@digest` or `@digest`; empty if the name has none. */
  object: string
}

/** `busybox` → `docker.io/library/busybox`, `moby/kit` → `docker.io/moby/kit`; a domain has a dot, a colon, or is localhost. */
export function expandName(name: string): string {
  const parts = name.split('/')
  const first = parts[0] ?? ''
  if (parts.length === 1) return `docker.io/library/${name}`
  if (parts.length === 2 && !/[.:]/.test(first) && first !== 'localhost') return `docker.io/${name}`
  return name
}

const pattern =
  /^(?<locator>[^\s/:@]+(?::\d+)?(?:\/[^\s/:@]+)+)(?::(?<tag>[A-Za-z0-9_][\w.-]{0,127}))?(?<digest>@[a-z0-9]+:[0-9a-f]+)?$/

/** Returns undefined for an invalid image name. */
export function parseReference(name: string): Reference | undefined {
  const groups = pattern.exec(expandName(name))?.groups
  if (groups === undefined) return undefined
  const { locator = '', tag = '', digest = '' } = groups
  return { locator, object: tag + digest }
}

/** In LinuxKit's metadata form: no tag is added. */
export function referenceText({ locator, object }: Reference): string {
  if (object === '') return locator
  return object.startsWith('@') ? `${locator}${object}` : `${locator}:${object}`
}

/** Name of an image in the store: always with a tag, never with a digest. */
export function storedName(reference: Reference): string {
  const tag = reference.object.replace(/@.*$/s, '')
  return `${reference.locator}:${tag === '' ? 'latest' : tag}`
}

export function digestOf(reference: Reference): string | undefined {
  const at = reference.object.indexOf('@')
  return at === -1 ? undefined : reference.object.slice(at + 1)
}
