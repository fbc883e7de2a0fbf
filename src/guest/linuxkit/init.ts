/** Merges the init images in `/`, later over earlier. */
import { bytesOf, type Entry } from '../archive/entry.ts'

const packageDatabase = 'lib/apk/db/installed'

/** Each Alpine image has its own package database; the tree gets the concatenated one. */
export async function initEntries(images: readonly (readonly Entry[])[]): Promise<Entry[]> {
  const entries = images.flat()
  const databases: Uint8Array[] = []
  for (const entry of entries) {
    if (entry.path === packageDatabase && entry.type === 'file') databases.push(await bytesOf(entry.content))
  }
  if (databases.length < 2) return entries
  const content = Buffer.concat(databases.flatMap((database) => [database, Buffer.from('\n\n')]))
  return [...entries, { type: 'file', path: packageDatabase, content, mode: 0o644, uid: 0, gid: 0, mtime: 0 }]
}
