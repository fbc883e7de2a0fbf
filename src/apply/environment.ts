/** An environment as its file describes it, before anything is looked at. */

import type { Desired, JsonValue } from '../config/desired.ts'
import { loadConfig } from '../config/load.ts'
import type { Origins } from '../config/origins.ts'
import type { Written } from '../config/policy/places.ts'
import type { Rule } from '../config/policy/rule.ts'
import type { Path } from '../config/read/source.ts'
import { plain } from '../config/read/tree.ts'
import { type EnvironmentPaths, environmentPaths, lockFilePath } from '../host/paths.ts'
import { type EnvironmentRecord, readRecord } from './record.ts'

export interface Environment {
  desired: Desired
  /** Absolute paths of desktop.yaml and of every file that it is made of. */
  files: readonly string[]
  configHash: string
  paths: EnvironmentPaths
  /** undefined before the first apply. */
  record: EnvironmentRecord | undefined
  /** Absolute path of desktop.lock, which need not exist; undefined when no file is at hand. */
  lockFile?: string | undefined
  /** Absolute path of docker.sock on the host. */
  dockerSocket: string
  /** Where each value was written; none for a kept generation. */
  origins?: Origins
  /** The files, laid over each other, as plain values; none for a kept generation. */
  written?: JsonValue
  /** Of `policy:` in the files; the site's come on top of them. */
  rules?: readonly Rule[]
  /** Where a value that rules see is written; none for a kept generation. */
  placeOf?: (path: Path) => Written
  /** Set when the configuration is that of a kept generation, in place of what the files say now. */
  kept?: KeptConfig
}

export interface KeptConfig {
  generation: number
  config: Readonly<Record<string, string>>
  /** The image to start with; undefined = the one that the configuration resolves to. */
  imageDigest: string | undefined
}

export interface EnvironmentOptions {
  /** As given by the user; none = ./desktop.yaml. */
  file: readonly string[]
  /** `--set` arguments. */
  set: readonly string[]
}

export const givenFiles = ({ file }: Pick<EnvironmentOptions, 'file'>): readonly string[] =>
  file.length > 0 ? file : ['desktop.yaml']

/** Throws with every mistake of the files. */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { desired, file, files, hash, origins, rules, placeOf, tree } = await loadConfig({
    files: givenFiles(options),
    sets: options.set,
    env: process.env,
  })
  const paths = environmentPaths(desired.name)
  return {
    desired,
    files,
    configHash: hash,
    paths,
    record: await readRecord(paths.record),
    lockFile: lockFilePath(file),
    dockerSocket: desired.engine.socket ?? paths.sockets.docker,
    origins,
    rules,
    placeOf,
    written: plain(tree),
  }
}
