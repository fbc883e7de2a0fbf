/** Salvages the intact blobs of a damaged store. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { nameOf, readIndex } from './layout-index.ts'
import { openStore } from './layout-store.ts'
import type { Descriptor } from './types.ts'

const isDamage = (error: unknown): boolean => error instanceof DesktopError && error.code === 'oci/corrupt'

/**
 * Verifies every image and removes damaged ones from the index, so that they can be rebuilt under the same names. A
 * damaged index is removed with all its names. Returns the removed names.
 */
export async function forgetDamaged(dir: string): Promise<string[]> {
  let manifests: readonly Descriptor[]
  try {
    manifests = (await readIndex(dir)).manifests
  } catch (error) {
    if (!isDamage(error)) throw error
    await rm(join(dir, 'index.json'), { force: true })
    return []
  }
  // A new instance: an existing one may have cached layers.
  const store = openStore(dir)
  const gone: string[] = []
  for (const name of manifests.flatMap((descriptor) => nameOf(descriptor) ?? [])) {
    try {
      await store.read(name)
    } catch (error) {
      if (!isDamage(error)) throw error
      await store.remove(name)
      gone.push(name)
    }
  }
  return gone
}
