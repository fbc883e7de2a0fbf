/** Content pins of desktop.lock: images and components with other content are not used. */
import { DesktopError } from '../errors/desktop-error.ts'
import { componentImage } from './debian/images.ts'
import { buildRules } from './digest.ts'
import type { ComponentLock, GuestImage } from './image.ts'
import type { Store } from './oci/store.ts'

/**
 * Whether the content is allowed; without a pin, any content is.
 * @param name digest of an image, or name and tag of a component
 */
export function isPinned(lock: ComponentLock | undefined, name: string, content: string): boolean {
  const pinned = lock?.contents?.[name]
  return pinned === undefined || pinned === content
}

/** Throws `guest/content-differs`. */
export function requirePinned(lock: ComponentLock | undefined, name: string, content: string): void {
  if (isPinned(lock, name, content)) return
  throw new DesktopError(
    'guest/content-differs',
    `${name} has the content ${content}, but desktop.lock pins ${lock?.contents?.[name]}`,
    {
      hint: 'import the image that was pinned; if this one is right, run `desktop lock --contents` and review the change',
    },
  )
}

const componentNames = ({ components }: ComponentLock): string[] => {
  const rules = buildRules()
  return components.map((component) => componentImage(component, rules))
}

/** Components in the store by name, with their content digest. */
async function storedContents(lock: ComponentLock, store: Store): Promise<[string, string][]> {
  const found: [string, string][] = []
  for (const name of componentNames(lock))
    if ((await store.find(name)) !== undefined) found.push([name, await store.contentOf(name)])
  return found
}

/** Removes components with other content, so that they are rebuilt from their packages. */
export async function dropUnpinned(lock: ComponentLock, store: Store): Promise<void> {
  if (lock.contents === undefined) return
  for (const [name, content] of await storedContents(lock, store))
    if (!isPinned(lock, name, content)) await store.remove(name)
}

/** Throws `guest/content-differs`. */
export async function requirePinnedComponents(lock: ComponentLock, store: Store): Promise<void> {
  if (lock.contents === undefined) return
  for (const [name, content] of await storedContents(lock, store)) requirePinned(lock, name, content)
}

/** The lock with pins for this image and its components. */
export async function pinContents(
  lock: ComponentLock,
  image: Pick<GuestImage, 'digest' | 'content'>,
  store: Store,
): Promise<ComponentLock> {
  const components = await storedContents(lock, store)
  return { ...lock, contents: Object.fromEntries([...components, [image.digest, image.content]]) }
}
