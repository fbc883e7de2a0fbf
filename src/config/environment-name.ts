/** A folder's name as the name of an environment: one rule for `init`, `import` and a file without `name:`. */
import { basename } from 'node:path'

/** What the schema allows. Undefined when nothing of the folder's name is left. */
export function nameOfFolder(folder: string): string | undefined {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 41)
  return name === '' ? undefined : name
}
