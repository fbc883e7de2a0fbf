/** An environment as its file describes it, before anything is looked at. */
import type { Desired, JsonValue, PeerPlace } from '../../config/desired.ts'
import { type LoadedConfig, type LoadOptions, loadConfig } from '../../config/load.ts'
import { didYouMean } from '../../config/nearest.ts'
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
  /** Other machines of its switch; absent for `vm`. */
  peers?: readonly PeerPlace[]
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
  /** The machine of `vms` that the command addresses. */
  machine?: string
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

/** As `openEnvironment`, for commands that address all machines of the file, or the one named. */
export async function openMachines(options: EnvironmentOptions): Promise<readonly Environment[]> {
  return await Promise.all((await readMachines(options)).map(claimed))
}

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
  const [environment, ...others] = await readMachines(options)
  if (environment === undefined || others.length > 0) {
    const names = [environment, ...others].flatMap((one) => one?.desired.machine?.name ?? [])
    throw new DesktopError('cli/machine', `the file has ${names.length} machines`, {
      hint: `select one with --machine: ${names.join(', ')}`,
    })
  }
  return environment
}

/** For what all machines share, as the guest image: the first one, unless another is named. */
export async function readAnyMachine(options: EnvironmentOptions): Promise<Environment> {
  const [first] = await readMachines(options)
  if (first === undefined) throw new Error('a file without any environment')
  return first
}

/** Of a file without `vms` its one environment. Throws `cli/machine` when there is no machine of that name. */
export async function readMachines(options: EnvironmentOptions): Promise<readonly Environment[]> {
  const loaded = await loadConfig(loadOptions(options))
  const lockFile = checkedLock(loaded.file, loadOptions(options).allowPaths)
  const all = loaded.machines.length === 0 ? [loaded.desired] : loaded.machines
  const chosen =
    options.machine === undefined ? all : all.filter(({ machine }) => machine?.name === options.machine)
  if (chosen.length === 0) throw noMachine(options.machine ?? '', all)
  // Also of those that the chosen ones have as peers.
  const places = new Map(
    await Promise.all(all.map(async ({ name }) => [name, await locateEnvironment(name)] as const)),
  )
  return await Promise.all(
    chosen.map(async (desired) => {
      const paths = places.get(desired.name) ?? (await locateEnvironment(desired.name))
      return {
        ...environmentOf(loaded, desired, paths, places),
        record: await readRecord(paths.record),
        lockFile,
      }
    }),
  )
}

function noMachine(name: string, all: readonly Desired[]): DesktopError {
  const names = all.flatMap(({ machine }) => machine?.name ?? [])
  const hint =
    names.length === 0
      ? 'the file has no `vms`; leave --machine out'
      : (didYouMean(name, names) ?? `there are ${names.join(', ')}`)
  return new DesktopError('cli/machine', `there is no machine "${name}"`, { hint })
}

function environmentOf(
  loaded: LoadedConfig,
  desired: Desired,
  paths: EnvironmentPaths,
  places: ReadonlyMap<string, EnvironmentPaths>,
): Omit<Environment, 'record'> {
  const { file, files, hash, origins, rules, signatures, placeOf, tree } = loaded
  const { machine } = desired
  const own = machine === undefined ? undefined : ['vms', machine.kind]
  const peers = machine?.peers.flatMap(({ environment, address, mac }) => {
    const control = places.get(environment)?.sockets.control
    return control === undefined ? [] : [{ address, mac, control }]
  })
  return {
    desired,
    file,
    files,
    configHash: hash,
    paths,
    ...(peers === undefined ? {} : { peers }),
    dockerSocket: desired.engine.socket ?? paths.sockets.docker,
    origins: own === undefined ? origins : { of: (path) => origins.of(ownPath(path, own)) },
    rules,
    signatures,
    placeOf: own === undefined ? placeOf : (path) => placeOf(ownPath(path, own) as Path),
    written: plain(tree),
  }
}

/** Where a machine's value of `vm` is written. */
function ownPath(path: Path | string, own: readonly string[]): Path | string {
  if (typeof path === 'string') return path.replace(/^vm(?=\.|$)/, own.join('.'))
  return path[0] === 'vm' ? [...own, ...path.slice(1)] : path
}

/** A lock of every package that Debian has would be smaller. */
const maxLockBytes = 4 * 2 ** 20

/** desktop.lock comes with the checkout, as the file beside it does. */
function checkedLock(file: string, allowed: readonly string[] = []): string | undefined {
  const path = lockFilePath(file)
  if (path === undefined) return undefined
  const { root, allows } = projectTree(file, allowed)
  if (!allows(path)) {
    throw new DesktopError('config/outside-tree', `${path} leads outside the project ${root}`, {
      hint: `to allow it, add --allow-path ${path}`,
    })
  }
  requireRegularFile(path, { maxBytes: maxLockBytes })
  return path
}
