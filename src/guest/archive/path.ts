/** Paths inside a tree: relative, normalised, never outside it. */
import { posix } from 'node:path'

/** `./usr//bin/` → `usr/bin`; the root is `.`. Undefined if the path is outside the tree. */
export function treePath(name: string): string | undefined {
  const path = posix.normalize(name).replace(/^\/+/, '').replace(/\/$/, '')
  if (path === '..' || path.startsWith('../')) return undefined
  return path === '' ? '.' : path
}

/** `a/b/c` → `a`, `a/b`. */
export function* parentsOf(path: string): Generator<string> {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) yield path.slice(0, at)
}
