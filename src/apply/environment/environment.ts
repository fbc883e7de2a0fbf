/** An environment as its file describes it, before anything is looked at. */
import type { Desired, JsonValue } from '../../config/desired.ts'
import { type LoadOptions, loadConfig } from '../../config/load.ts'
import type { Origins } from '../../config/origins.ts'
import type { Written } from '../../config/policy/places.ts'
import type { Rule } from '../../config/policy/rule.ts'
import { projectTree } from '../../config/read/project-tree.ts'
import type { Path } from '../../config/read/source.ts'
import { plain } from '../../config/read/tree.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { locateEnvironment } from '../../host/locate.ts'
import { type EnvironmentPaths, lockFilePath } from '../../host/paths.ts'
import { requireRegularFile } from '../../host/regular-file.ts'
import type { SignatureRules } from '../../signatures/required.ts'
import { adoptedFrom } from './claim.ts'
import { type EnvironmentRecord, readRecord } from './record.ts'

export interface Environment {
  desired: Desired
  /** The file that was given, by its absolute path; the first of several. None for a kept generation whose file is gone. */
  file?: string | undefined
  /** Had the name until now, and is gone or has another name: this file adopts the environment. */
  adoptedFrom?: string | undefined
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
  /** Of `signatures:` in the files; those of the site count beside them. */
  signatures?: SignatureRules | undefined
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
  /** Files and folders outside of the project that the files may name. */
  allowPath?: readonly string[]
  /** Variables whose values may be shown. */
  allowEnv?: readonly string[]
}

/** The same in variables, so that one who works with such a file says it once. */
const listed = (text: string | undefined, separator: string): string[] =>
  (text ?? '').split(separator).filter((one) => one !== '')

export function loadOptions(options: EnvironmentOptions, env: NodeJS.ProcessEnv = process.env): LoadOptions {
  return {
    files: givenFiles(options),
    sets: options.set,
    env,
    allowPaths: [...(options.allowPath ?? []), ...listed(env.DESKTOP_ALLOW_PATH, ':')],
    allowEnv: [...(options.allowEnv ?? []), ...listed(env.DESKTOP_ALLOW_ENV, ',')],
  }
}

export const givenFiles = ({ file }: Pick<EnvironmentOptions, 'file'>): readonly string[] =>
  file.length > 0 ? file : ['desktop.yaml']

/** Throws with every mistake of the files, and `state/name-claimed` when another project has the environment. */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  return await claimed(await readEnvironment(options))
}

/** As it is kept now, which another command may have changed since. Throws `state/name-claimed`. */
export async function claimed(environment: Environment): Promise<Environment> {
  const { desired, paths, file } = environment
  const record = await readRecord(paths.record)
  if (file === undefined) return { ...environment, record }
  return { ...environment, record, adoptedFrom: await adoptedFrom(desired.name, file, record) }
}

/** For commands that only read the files: the owner of the environment does not matter. */
export async function readEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { desired, file, files, hash, origins, rules, signatures, placeOf, tree } = await loadConfig(
    loadOptions(options),
  )
  const paths = await locateEnvironment(desired.name)
  return {
    desired,
    file,
    files,
    configHash: hash,
    paths,
    record: await readRecord(paths.record),
    lockFile: checkedLock(file, loadOptions(options).allowPaths),
    dockerSocket: desired.engine.socket ?? paths.sockets.docker,
    origins,
    rules,
    signatures,
    placeOf,
    written: plain(tree),
  }
}

/** A lock of every package that Debian has would be smaller. */
const maxLockBytes = 4 * 2 ** 20

/** desktop.lock comes with the checkout, as the file beside it does. */
function checkedLock(file: string, allowed: readonly string[] = []): string | undefined {
  const path = lockFilePath(file)
  if (path === undefined) return undefined
  const { root, allows } = projectTree(file, allowed)
  if (!allows(path)) {
    throw new DesktopError('config/outside-tree', `${path} leads out of the project ${root}`, {
      hint: `to allow it, add --allow-path ${path}`,
    })
  }
  requireRegularFile(path, { maxBytes: maxLockBytes })
  return path
}
