/** Finds an environment that was applied before, even if its file is now invalid. */
import { resolve } from 'node:path'
import { DesktopError } from '../../errors/desktop-error.ts'
import { locateEnvironment } from '../../host/locate.ts'
import type { EnvironmentPaths } from '../../host/paths.ts'
import {
  claimed,
  type Environment,
  type EnvironmentOptions,
  givenFiles,
  openEnvironment,
  readMachines,
} from './environment.ts'
import { leftMachines, ofFolder } from './left-machines.ts'
import { environmentNames } from './names.ts'
import { clusterOf } from './owner.ts'
import { type EnvironmentRecord, readRecord } from './record.ts'
import { isThere, noEnvironment, requireEnvironment } from './require-environment.ts'

export interface KnownEnvironment {
  name: string
  paths: EnvironmentPaths
  record: EnvironmentRecord | undefined
  /** The current file; undefined if it is invalid. */
  current: Environment | undefined
}

/** Throws the errors of the file if no environment was ever applied from it. @param read from the file just now */
export async function findEnvironment(
  options: EnvironmentOptions,
  read?: Environment,
): Promise<KnownEnvironment> {
  try {
    const current = await (read === undefined ? openEnvironment(options) : claimed(read))
    return { name: current.desired.name, paths: current.paths, record: current.record, current }
  } catch (error) {
    const damaged = error instanceof DesktopError && error.code.startsWith('config/')
    const known = damaged ? await appliedFrom(options) : undefined
    if (known === undefined) throw error
    return known
  }
}

/**
 * Found by name or by file. Throws `state/no-environment` if there is none, so that a typo creates nothing.
 */
export async function existingEnvironment(
  options: EnvironmentOptions,
  name: string | undefined,
  read?: Environment,
): Promise<KnownEnvironment> {
  const found = name === undefined ? await findEnvironment(options, read) : await named(name, options)
  await requireEnvironment(found.name, found.paths)
  return found
}

/** Machines of the file for a command that addresses all of them; none if it is invalid, or for a name. */
export const machinesOfFile = async (
  options: EnvironmentOptions,
  name: string | undefined,
): Promise<readonly Environment[]> => (name === undefined ? await readMachines(options).catch(() => []) : [])

/**
 * Like `existingEnvironment`, with all existing machines on this host, including those no longer in the file. There may
 * be none, because all are on other hosts, and machines whose owner is unknown are left out: see elsewhere.ts.
 * @param machines from `machinesOfFile`
 */
export async function existingMachines(
  options: EnvironmentOptions,
  name: string | undefined,
  machines: readonly Environment[],
): Promise<readonly KnownEnvironment[]> {
  const [first] = machines
  if (first?.host !== undefined && options.machine !== undefined) return []
  if (first === undefined || options.machine !== undefined)
    return [await existingEnvironment(options, name, first)]
  const current = await Promise.all(machines.filter(({ host }) => host === undefined).map(claimed))
  const known = current.map(
    (one): KnownEnvironment => ({
      name: one.desired.name,
      paths: one.paths,
      record: one.record,
      current: one,
    }),
  )
  const kept = known.map((one) => one.name)
  const { machines: left } = await leftMachines(clusterOf(first.desired), ofFolder(first.file), kept)
  const all = [...known, ...left.map((one) => ({ ...one, current: undefined }))]
  const there = await Promise.all(all.map(({ paths }) => isThere(paths)))
  return all.filter((_, i) => there[i])
}

async function named(name: string, { file, set }: EnvironmentOptions): Promise<KnownEnvironment> {
  if (file.length > 0 || set.length > 0) {
    throw new DesktopError('cli/usage', `give either the name ${name}, or a file with -f and --set`)
  }
  // An invalid name must not be used in a path.
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) throw await noEnvironment(name)
  const paths = await locateEnvironment(name)
  return { name, paths, record: await readRecord(paths.record).catch(() => undefined), current: undefined }
}

/** undefined also if the file had several machines and none is selected: then its errors come first. */
async function appliedFrom(options: EnvironmentOptions): Promise<KnownEnvironment | undefined> {
  const file = resolve(givenFiles(options)[0] ?? '')
  const found: KnownEnvironment[] = []
  for (const name of await environmentNames()) {
    const paths = await locateEnvironment(name)
    const record = await readRecord(paths.record).catch(() => undefined)
    if (record?.files.includes(file) !== true) continue
    const { cluster } = record
    const isWanted = options.machine === undefined || name === `${cluster}.${options.machine}`
    if (isWanted) found.push({ name, paths, record, current: undefined })
  }
  const [only, ...others] = found
  return others.length > 0 && only?.record?.cluster !== undefined ? undefined : only
}
