/**
 * What this host remembers of another one: the sockets of its machines, so that a plan stays the same while it is
 * unreachable, and the files with machines there, so that none is forgotten when its host leaves the file.
 */
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import type { Desired, MachineHost, SocketForward } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { systemCode } from '../../errors/system.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { privateDirectory } from '../../host/directories.ts'
import { acquireLock } from '../../host/flock.ts'
import { baseDirs, forwardedSocket, sshHostPaths } from '../../host/paths.ts'
import { forwardSocket } from '../../host/ssh/ssh.ts'
import { targetText } from '../../host/ssh/target.ts'
import { parseVersioned } from '../../host/versioned.ts'
import { isMachineOf } from './names.ts'
import { isFileOf, isOwnedBy, type KnownFile, ownersOf } from './owner.ts'

/** Sockets of an environment; absolute paths there. */
export interface PlaceThere {
  control: string
  docker: string
}

const format = 'desktop-known-host/1'

export interface KnownHost extends MachineHost {
  format: typeof format
  /** Environment name → sockets there. */
  places: Readonly<Record<string, PlaceThere>>
  files: readonly KnownFile[]
}

const text = v.string()
const schema: v.GenericSchema<unknown, KnownHost> = v.object({
  format: v.literal(format),
  name: text,
  ssh: v.object({ host: text, user: v.exactOptional(text), port: v.exactOptional(v.number()) }),
  places: v.record(text, v.object({ control: text, docker: text })),
  files: v.array(v.object({ cluster: text, owner: text, file: text, hostId: text })),
})

export const pathOf = ({ ssh }: Pick<MachineHost, 'ssh'>): string => sshHostPaths(targetText(ssh)).known

/** Throws `state/newer` or `state/unreadable`: only this record knows which files have machines there. */
async function read(path: string): Promise<KnownHost | undefined> {
  const found = await readIfExists(path)
  if (found === undefined) return undefined
  const { success, output, issues } = v.safeParse(schema, parseVersioned(path, found, format))
  if (success) return output
  const where = v.getDotPath(issues[0]) ?? 'content'
  throw new DesktopError('state/unreadable', `${path}: ${where}: ${issues[0].message}`)
}

export const knownHost = (host: Pick<MachineHost, 'ssh'>): Promise<KnownHost | undefined> =>
  read(pathOf(host))

export async function allKnownHosts(): Promise<KnownHost[]> {
  const dir = join(baseDirs().state, 'hosts')
  const names = await readdir(dir).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return []
    throw error
  })
  const found = await Promise.all(names.map((name) => read(join(dir, name, 'known.json'))))
  return found.filter((one) => one !== undefined)
}

export const knownFiles = async (): Promise<KnownFile[]> =>
  (await allKnownHosts()).flatMap(({ files }) => files)

/** @param places of all machines that the file has there; the others have left */
export const rememberPlaces = (
  host: MachineHost,
  cluster: string,
  places: Readonly<Record<string, PlaceThere>>,
): Promise<void> =>
  change(host, (before = blank(host)) => ({
    ...before,
    name: host.name,
    places: { ...placesWithout(before, cluster), ...places },
  }))

const placesWithout = ({ places }: KnownHost, cluster: string): KnownHost['places'] =>
  Object.fromEntries(Object.entries(places).filter(([name]) => !isMachineOf(cluster, name)))

/** Called once the other host has accepted the file as owner of its machines. */
export const rememberFile = (host: MachineHost, file: KnownFile): Promise<void> =>
  change(host, (before = blank(host)) => {
    const { files } = before
    const isKnown = files.some((one) => isSameFile(one, file))
    const all = isKnown ? files.map((one) => (isSameFile(one, file) ? file : one)) : [...files, file]
    return { ...before, name: host.name, files: all }
  })

const blank = ({ name, ssh }: MachineHost): KnownHost => ({
  format,
  name,
  ssh,
  places: {},
  files: [],
})

const isSameFile = (one: KnownFile, other: KnownFile): boolean =>
  one.cluster === other.cluster && one.hostId === other.hostId && isOwnedBy(one.owner, [other.owner])

/**
 * After the last machine of a file has left the host, under all targets that reached it. Returns the targets that no
 * file uses any more.
 */
export async function forgetFile(
  hostId: string,
  cluster: string,
  owners: readonly string[],
): Promise<readonly MachineHost[]> {
  const isOwn = (one: KnownFile): boolean => one.hostId === hostId && isFileOf(one, cluster, owners)
  const having = (await allKnownHosts()).filter(({ files }) => files.some(isOwn))
  await Promise.all(having.map((host) => change(host, (before) => before && without(before, cluster, isOwn))))
  return having.filter(({ files }) => files.every(isOwn))
}

/** Places are those of all files with this environment name. */
export function without(known: KnownHost, cluster: string, isOwn: (file: KnownFile) => boolean): KnownHost {
  const files = known.files.filter((one) => !isOwn(one))
  const isKept = files.some((one) => one.cluster === cluster)
  return { ...known, files, places: isKept ? known.places : placesWithout(known, cluster) }
}

const lockMs = 10_000

/** Locked only if there is something to write. */
async function change(
  host: Pick<MachineHost, 'ssh'>,
  changed: (before: KnownHost | undefined) => KnownHost | undefined,
): Promise<void> {
  const path = pathOf(host)
  const isChanged = (before: KnownHost | undefined): boolean =>
    JSON.stringify(changed(before)) !== JSON.stringify(before)
  if (!isChanged(await read(path))) return
  await privateDirectory(dirname(path))
  await using _lock = await acquireLock(`${path}.lock`, { command: 'desktop', timeoutMs: lockMs })
  const before = await read(path)
  const after = changed(before)
  if (after === undefined || !isChanged(before)) return
  await writeAtomic(path, `${JSON.stringify(after, null, 2)}\n`, { mode: 0o600 })
}

/**
 * Those machines that are on other hosts, by environment name, with the sockets through which this host reaches them. A
 * host from which a machine moved away may still have it.
 */
export async function placesThere(
  machines: readonly Pick<Desired, 'name' | 'machine'>[],
): Promise<ReadonlyMap<string, { control: string; forward: SocketForward }>> {
  const hosts = new Map(
    machines.flatMap(({ machine }) =>
      machine?.host === undefined ? [] : [[machine.host.name, machine.host]],
    ),
  )
  const known = new Map(
    await Promise.all([...hosts].map(async ([name, host]) => [name, await knownHost(host)] as const)),
  )
  return new Map(
    machines.flatMap(({ name, machine }) => {
      const host = machine?.host
      const control = host && known.get(host.name)?.places[name]?.control
      if (host === undefined || control === undefined) return []
      return [
        [
          name,
          { control: forwardedSockets(name, host).control, forward: { ssh: host.ssh, path: control } },
        ] as const,
      ]
    }),
  )
}

/** Local ends of a machine's sockets. */
export function forwardedSockets(name: string, { ssh }: Pick<MachineHost, 'ssh'>): PlaceThere {
  const paths = sshHostPaths(targetText(ssh))
  return { control: forwardedSocket(paths, name, 'control'), docker: forwardedSocket(paths, name, 'docker') }
}

/**
 * For commands that only use its sockets: nothing there compares the owner. Throws `vm/not-running` if the file has no
 * machines there.
 */
export async function requireApplied(
  { file, desired }: { file?: string | undefined; desired: Pick<Desired, 'name' | 'machine'> },
  host: MachineHost,
): Promise<void> {
  const files = (await knownHost(host))?.files ?? []
  const owners = await ownersOf({ file, desired }, files)
  const cluster = desired.machine?.cluster
  if (!files.some((one) => isFileOf(one, cluster, owners))) throw notApplied(desired.name, host)
}

const notApplied = (name: string, host: MachineHost): DesktopError =>
  new DesktopError('vm/not-running', `${name} is not on ${host.name} yet`, {
    hint: 'run `desktop apply` first',
  })

/** Throws `hosts/unreachable`, and `vm/not-running` for a machine that was never applied. */
export async function forwardSockets(name: string, host: MachineHost): Promise<void> {
  const there = (await knownHost(host))?.places[name]
  if (there === undefined) throw notApplied(name, host)
  const here = forwardedSockets(name, host)
  const { ssh } = host
  await forwardSocket({ ssh, path: there.control }, here.control)
  await forwardSocket({ ssh, path: there.docker }, here.docker)
}
