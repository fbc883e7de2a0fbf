/** An environment that was applied before, found even when its file cannot be understood now. */
import { resolve } from 'node:path'
import { DesktopError } from '../errors.ts'
import { type EnvironmentPaths, environmentPaths } from '../host/paths.ts'
import { type Environment, type EnvironmentOptions, givenFiles, openEnvironment } from './environment.ts'
import { type EnvironmentRecord, readRecord } from './record.ts'
import { environmentNames } from './references.ts'

export interface KnownEnvironment {
  name: string
  paths: EnvironmentPaths
  record: EnvironmentRecord | undefined
  /** As the file says now; undefined when it has mistakes. */
  current: Environment | undefined
}

/** Throws what is wrong with the file when no environment was ever applied from it. */
export async function knownEnvironment(options: EnvironmentOptions): Promise<KnownEnvironment> {
  try {
    const current = await openEnvironment(options)
    return { name: current.desired.name, paths: current.paths, record: current.record, current }
  } catch (error) {
    const damaged = error instanceof DesktopError && error.code.startsWith('config/')
    const known = damaged ? await appliedFrom(resolve(givenFiles(options)[0] ?? '')) : undefined
    if (known === undefined) throw error
    return known
  }
}

async function appliedFrom(file: string): Promise<KnownEnvironment | undefined> {
  for (const name of await environmentNames()) {
    const paths = environmentPaths(name)
    const record = await readRecord(paths.record).catch(() => undefined)
    if (record?.files.includes(file) === true) return { name, paths, record, current: undefined }
  }
  return undefined
}
