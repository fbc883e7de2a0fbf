/**
 * A file that the plan names, for the page. Only files that the configuration consists of are read, whatever a request
 * names.
 */
import { basename, resolve } from 'node:path'
import type { Environment } from '../../apply/environment/environment.ts'
import { maxConfigBytes } from '../../config/read/files.ts'
import { maskCredentials } from '../../errors/credentials.ts'
import { readRegularFile } from '../../host/regular-file.ts'

export interface ConfigFile {
  /** Absolute path. */
  path: string
  /** Credentials in URLs are masked, as in the plan. */
  lines: readonly string[]
}

/**
 * @param name as in the plan: the name that the user wrote, relative to the current folder.
 * @returns null for any other file.
 */
export function configFile(
  name: string,
  { files, lockFile }: Pick<Environment, 'files' | 'lockFile'>,
): ConfigFile | null {
  const known = [...files, ...(lockFile === undefined ? [] : [lockFile])]
  const named = known.filter((path) => basename(path) === basename(name))
  const path = known.find((one) => one === resolve(name)) ?? (named.length === 1 ? named[0] : undefined)
  if (path === undefined) return null
  const text = maskCredentials(readRegularFile(path, { maxBytes: maxConfigBytes }).toString('utf8'))
  return { path, lines: text.replace(/\r?\n$/, '').split(/\r?\n/) }
}
