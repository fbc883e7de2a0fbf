/** An environment as its file describes it, before anything is looked at. */

import type { Desired } from '../config/desired.ts'
import { loadConfig } from '../config/load.ts'
import { type EnvironmentPaths, environmentPaths } from '../host/paths.ts'
import { type EnvironmentRecord, readRecord } from './record.ts'

export interface Environment {
  desired: Desired
  /** Absolute path of desktop.yaml. */
  file: string
  configHash: string
  paths: EnvironmentPaths
  /** undefined before the first apply. */
  record: EnvironmentRecord | undefined
  /** Absolute path of docker.sock on the host. */
  dockerSocket: string
}

/** Throws with every mistake of the file. */
export async function openEnvironment(options: { file: string }): Promise<Environment> {
  const { desired, file, hash } = await loadConfig({ file: options.file, env: process.env })
  const paths = environmentPaths(desired.name)
  return {
    desired,
    file,
    configHash: hash,
    paths,
    record: await readRecord(paths.record),
    dockerSocket: desired.engine.socket ?? paths.sockets.docker,
  }
}
