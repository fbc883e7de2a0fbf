/**
 * Merges layers into one file system, like LinuxKit's library: topmost layer first, each in its own order; a whiteout
 * (`.wh.NAME`) or any non-directory hides lower entries at or below its path. An opaque marker (`.wh..wh..opq`) hides
 * nothing in that library, so it is ignored here.
 */
import { posix } from 'node:path'
import type { Entry } from '../archive/entry.ts'
import { parentsOf } from '../archive/path.ts'

const whiteout = '.wh.'

/** `layers` lowest first. */
export function flatten(layers: readonly (readonly Entry[])[]): Entry[] {
  /** Path → whether it hides everything below it. */
  const seen = new Map<string, boolean>()
  const entries: Entry[] = []
  for (const layer of layers.toReversed()) {
    for (const entry of layer) {
      const name = posix.basename(entry.path)
      const removed = name.startsWith(whiteout)
      const isDirectory = entry.type === 'directory'
      const path =
        removed && !isDirectory
          ? posix.join(posix.dirname(entry.path), name.slice(whiteout.length))
          : entry.path
      if (seen.has(path) || parentsOf(path).some((parent) => seen.get(parent) === true)) continue
      seen.set(path, removed || !isDirectory)
      if (!removed) entries.push(entry)
    }
  }
  return entries
}
