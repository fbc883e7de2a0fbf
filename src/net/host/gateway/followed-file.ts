/** Adapter: cached contents of a host file, reloaded when it changes. */
import { readFileSync, statSync } from 'node:fs'

/**
 * Returns a function that returns the same value until the file changes. It calls stat(2) each time and uses no
 * watcher: such files are often symlinks with a replaced target, which watchers miss, and this costs nothing when
 * idle.
 * @param read gets undefined if the file cannot be read
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

/** Undefined if unreadable or not a regular file: reading a FIFO or device might not end. */
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
