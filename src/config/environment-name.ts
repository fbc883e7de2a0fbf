/** Environment name derived from a folder name, for `init`, `import` and files without `name:`. */
import { basename } from 'node:path'

/** Converts to a name that the schema accepts. Returns undefined if no valid character is left. */
export function nameOfFolder(folder: string): string | undefined {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 41)
  return name === '' ? undefined : name
}
