/** Suggests a location for a missing desktop.yaml: another extension, or a parent folder. */
import { existsSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

/** Relative to the working directory; undefined if there is none, or if another name was given. */
export function nearbyFile(path: string, directory: string = process.cwd()): string | undefined {
  if (basename(path) !== 'desktop.yaml') return undefined
  const other = join(dirname(path), 'desktop.yml')
  if (existsSync(other)) return relative(directory, other)
  for (let folder = dirname(path); dirname(folder) !== folder; folder = dirname(folder)) {
    const above = join(dirname(folder), 'desktop.yaml')
    if (existsSync(above)) return relative(directory, above)
  }
  return undefined
}
