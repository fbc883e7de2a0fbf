/** Adapter: a file of the host, read again when it was written or replaced. */
import { readFileSync, statSync } from 'node:fs'

/**
 * Gives a function that returns the same value until the file changed. A stat per call and no watcher: such files are often
 * links whose target is replaced, which watchers miss, and idle costs nothing this way.
 * @param read gets undefined for a file that cannot be read.
 */
export function followedFile<T>(path: string, read: (text: string | undefined) => T): () => T {
  let stamp: string | undefined
  let value: T | undefined
  let isRead = false
  return () => {
    const now = stampOf(path)
    if (isRead && now === stamp) return value as T
    stamp = now
    isRead = true
    value = read(now === undefined ? undefined : textOf(path))
    return value
  }
}

/** Undefined: it cannot be read. Anything but a file is not looked into: it may never end. */
function stampOf(path: string): string | undefined {
  try {
    const stat = statSync(path, { bigint: true })
    return stat.isFile() ? `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeNs}` : undefined
  } catch {
    return undefined
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
