/** `index.json`: names → manifests. Read without locking, changed under a lock. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { acquireLock } from '../../host/flock.ts'
import type { Descriptor, Index } from './types.ts'

export const nameAnnotation = 'io.containerd.image.name'
export const refAnnotation = 'org.opencontainers.image.ref.name'
export const layoutMarker = '{"imageLayoutVersion":"1.0.0"}'

const lockTimeoutMs = 60_000

export const nameOf = (descriptor: Descriptor): string | undefined =>
  descriptor.annotations?.[nameAnnotation] ?? descriptor.annotations?.[refAnnotation]

export function named(descriptor: Descriptor, name: string): Descriptor {
  return {
    ...descriptor,
    annotations: { ...descriptor.annotations, [nameAnnotation]: name, [refAnnotation]: name },
  }
}

/** Throws `oci/corrupt` if the text is not an image index. */
export function parseIndex(text: string, where: string): Index {
  try {
    const index = JSON.parse(text) as Index
    if (Array.isArray(index.manifests) && index.manifests.every((one) => typeof one?.digest === 'string'))
      return index
  } catch {
    // Reported below, with the location.
  }
  throw new DesktopError('oci/corrupt', `${where} is not an image index`)
}

export async function readIndex(dir: string): Promise<Index> {
  const path = join(dir, 'index.json')
  const text = await readIfExists(path)
  return text === undefined ? { schemaVersion: 2, manifests: [] } : parseIndex(text, path)
}

/** Sorted by name, so that equal content gives equal bytes. */
export async function changeIndex(
  dir: string,
  change: (manifests: readonly Descriptor[]) => Promise<readonly Descriptor[]> | readonly Descriptor[],
): Promise<void> {
  await mkdir(dir, { recursive: true })
  await using _lock = await acquireLock(join(dir, '.lock'), {
    command: 'image store',
    timeoutMs: lockTimeoutMs,
  })
  const index = await readIndex(dir)
  const manifests = [...(await change(index.manifests))]
  manifests.sort((a, b) => ((nameOf(a) ?? '') < (nameOf(b) ?? '') ? -1 : 1))
  await writeAtomic(join(dir, 'oci-layout'), layoutMarker)
  await writeAtomic(join(dir, 'index.json'), JSON.stringify({ ...index, manifests }))
}
