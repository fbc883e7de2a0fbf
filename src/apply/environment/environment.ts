/** An environment as its file describes it, before any observation. */
import type { Desired, JsonValue, MachineHost, PeerPlace } from '../../config/desired.ts'
import { type LoadedConfig, type LoadOptions, loadConfig } from '../../config/load.ts'
import { didYouMean } from '../../config/nearest.ts'
import type { Origins } from '../../config/origins.ts'
import type { Written } from '../../config/policy/places.ts'
import type { Rule } from '../../config/policy/rule.ts'
import { projectTree } from '../../config/read/project-tree.ts'
import type { Path } from '../../config/read/source.ts'
import { plain } from '../../config/read/tree.ts'
import { DesktopError, type FileRange } from '../../errors/desktop-error.ts'
import { locateEnvironment } from '../../host/locate.ts'
import { type EnvironmentPaths, lockFilePath } from '../../host/paths.ts'
import { requireRegularFile } from '../../host/regular-file.ts'
import { targetText } from '../../host/ssh/target.ts'
import type { SignatureRules } from '../../signatures/required.ts'
import { adoptedFrom } from './claim.ts'
import { peerPlaces } from './peer-places.ts'
import { type EnvironmentRecord, readRecord } from './record.ts'

export interface Environment {
  desired: Desired
  /**
   * Absolute path of the file given by the user; the first of several. None for a recorded generation whose
   * file was removed.
   */
  file?: string | undefined
  /** The previous owner of the name, removed or renamed: this file adopts the environment. */
  adoptedFrom?: string | undefined
  /** Absolute paths of desktop.yaml and all files that it includes. */
  files: readonly string[]
  configHash: string
  paths: EnvironmentPaths
  /** undefined before the first apply. */
  record: EnvironmentRecord | undefined
  /** Absolute path of desktop.lock, which may not exist; undefined without a configuration file. */
  lockFile?: string | undefined
  /** Other hosts of the file. */
  hosts?: readonly MachineHost[]
  /** Set if the machine is on another host: `paths` has only its forwarded sockets. */
  host?: MachineHost
  /** Set if the file is on another host, which asks for this machine: see owner.ts. */
  owner?: string
  /** Other machines of its switch; absent for `vm`. */
  peers?: readonly PeerPlace[]
  /** Absolute path of docker.sock on the host. */
  dockerSocket: string
  /** Source location of each value; none for a recorded generation. */
  origins?: Origins
  /** The merged files as plain values; none for a recorded generation. */
  written?: JsonValue
  /** Rules from `policy:` in the files; site rules apply too. */
  rules?: readonly Rule[]
  /** `signatures:` in the files; site signatures apply too. */
  signatures?: SignatureRules | undefined
  /** Location of a value that rules see; none for a recorded generation. */
  placeOf?: (path: Path) => Written
  /** Whether a file that the project refers to may be opened; none for a recorded generation. */
  mayOpen?: (path: string) => boolean
  /** Set if the configuration comes from a recorded generation instead of the current files. */
  kept?: KeptConfig
}

export interface KeptConfig {
  generation: number
  config: Readonly<Record<string, string>>
  /** The image to start with; undefined selects the configured one. */
  imageDigest: string | undefined
}

export interface EnvironmentOptions {
  /** As given by the user; empty selects ./desktop.yaml. */
  file: readonly string[]
  /** `--set` arguments. */
  set: readonly string[]
  /** Files and folders outside the project that the files may refer to. */
  allowPath?: readonly string[]
  /** Variables whose values may be shown. */
  allowEnv?: readonly string[]
  /** The machine of `vms` that the command addresses. */
  machine?: string
}

/** The environment variables set the same options, once for all commands. */
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

/** Like `openEnvironment`, for all machines of the file, or the one selected. */
export async function openMachines(options: EnvironmentOptions): Promise<readonly Environment[]> {
  return await Promise.all((await readMachines(options)).map(claimed))
}

/** Throws all errors of the files, and `state/name-claimed` if another project owns the environment. */
export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const environment = await readEnvironment(options)
  if (environment.host !== undefined) throw elsewhere(environment, environment.host)
  return await claimed(environment)
}

function elsewhere({ desired }: Environment, { name, ssh }: MachineHost): DesktopError {
  const machine = desired.machine?.name ?? desired.name
  return new DesktopError('hosts/elsewhere', `${machine} is on ${name}, and this command needs its files`, {
    hint: `they are in ~/.local/state/desktop/environments/${desired.name} there: ssh ${targetText(ssh)}`,
  })
}

/** Rereads the record, which another command may have changed. Throws `state/name-claimed`. */
export async function claimed(environment: Environment): Promise<Environment> {
  const { desired, paths, file } = environment
  if (environment.host !== undefined) return environment
  const record = await readRecord(paths.record)
  if (file === undefined) return { ...environment, record }
  const adopted = await adoptedFrom(desired.name, file, record, nameRange(environment))
  return { ...environment, record, adoptedFrom: adopted }
}

/** Where the file sets the name of the environment. */
export function nameRange({ origins }: Pick<Environment, 'origins'>): FileRange | undefined {
  const origin = origins?.of(['name'])
  return origin && { file: origin.file, line: origin.line, column: origin.column }
}

/** For commands that only read the files: ignores the owner of the environment. */
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

/**
 * For resources shared by all machines, such as the guest image: the first machine, unless one is selected.
 */
export async function readAnyMachine(options: EnvironmentOptions): Promise<Environment> {
  const [first] = await readMachines(options)
  if (first === undefined) throw new Error('a file without any environment')
  return first
}

/**
 * The machines, or the single environment of a file without `vms`. Throws `cli/machine` if there is no
 * machine of that name.
 */
export async function readMachines(options: EnvironmentOptions): Promise<readonly Environment[]> {
  const { allowPaths = [], ...given } = loadOptions(options)
  const loaded = await loadConfig({ ...given, allowPaths })
  const lockFile = checkedLock(loaded.file, allowPaths)
  const mayOpen = (path: string): boolean => projectTree(loaded.file, allowPaths).allows(path)
  const all = loaded.machines.length === 0 ? [loaded.desired] : loaded.machines
  const chosen =
    options.machine === undefined ? all : all.filter(({ machine }) => machine?.name === options.machine)
  if (chosen.length === 0) throw noMachine(options.machine ?? '', all)
  // Includes the peers of the selected machines.
  const places = new Map(
    await Promise.all(all.map(async ({ name }) => [name, await locateEnvironment(name)] as const)),
  )
  // Not loaded for a file without other hosts: it needs ssh and a schema.
  const known = loaded.hosts.length === 0 ? undefined : await import('./known-hosts.ts')
  const there = (await known?.placesThere(all)) ?? new Map()
  return await Promise.all(
    chosen.map(async (desired) => {
      const paths = places.get(desired.name) ?? (await locateEnvironment(desired.name))
      const host = desired.machine?.host
      const own =
        host === undefined
          ? paths
          : { ...paths, sockets: { ...paths.sockets, ...known?.forwardedSockets(desired.name, host) } }
      return {
        ...environmentOf(loaded, desired, own),
        ...(desired.machine === undefined ? {} : { peers: peerPlaces(desired.machine, places, there) }),
        ...(host === undefined ? {} : { host }),
        record: host === undefined ? await readRecord(paths.record) : undefined,
        lockFile,
        mayOpen,
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
): Omit<Environment, 'record'> {
  const { file, files, hash, hosts, origins, rules, signatures, placeOf, tree } = loaded
  const { machine } = desired
  const own = machine === undefined ? undefined : ['vms', machine.kind]
  return {
    desired,
    file,
    files,
    configHash: hash,
    paths,
    ...(hosts.length === 0 ? {} : { hosts }),
    dockerSocket: desired.engine.socket ?? paths.sockets.docker,
    origins: own === undefined ? origins : { of: (path) => origins.of(ownPath(path, own)) },
    rules,
    signatures,
    placeOf: own === undefined ? placeOf : (path) => placeOf(ownPath(path, own) as Path),
    written: plain(tree),
  }
}

/** Path of a machine's value that defaults to `vm`. */
function ownPath(path: Path | string, own: readonly string[]): Path | string {
  if (typeof path === 'string') return path.replace(/^vm(?=\.|$)/, own.join('.'))
  return path[0] === 'vm' ? [...own, ...path.slice(1)] : path
}

/** A lock file of all Debian packages would be smaller. */
const maxLockBytes = 4 * 2 ** 20

/** desktop.lock is part of the checkout, like the file next to it. */
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
