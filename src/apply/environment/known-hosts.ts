/**
 * What this host remembers of another one: the sockets of its machines, so that a plan stays the same while it is
 * unreachable, and the files with machines there, so that none is forgotten when its host leaves the file.
 */
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as v from 'valibot'
import type { MachineHost, SocketForward } from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { systemCode } from '../../errors/system.ts'
import { readIfExists, writeAtomic } from '../../host/atomic-file.ts'
import { privateDirectory } from '../../host/directories.ts'
import { baseDirs, forwardedSocket, sshHostPaths } from '../../host/paths.ts'
import { forwardSocket } from '../../host/ssh/ssh.ts'
import { targetText } from '../../host/ssh/target.ts'
import { isMachineOf } from './names.ts'

/** Sockets of an environment; absolute paths there. */
export interface PlaceThere {
  control: string
  docker: string
}

export interface KnownHost extends MachineHost {
  format: 'desktop-known-host/1'
  /** Environment name → sockets there. */
  places: Readonly<Record<string, PlaceThere>>
  /** Environment name of the file → its owner. */
  clusters: Readonly<Record<string, string>>
}

const text = v.string()
const schema: v.GenericSchema<unknown, KnownHost> = v.object({
  format: v.literal('desktop-known-host/1'),
  name: text,
  ssh: v.object({ host: text, user: v.exactOptional(text), port: v.exactOptional(v.number()) }),
  places: v.record(text, v.object({ control: text, docker: text })),
  clusters: v.record(text, text),
})

const pathOf = ({ ssh }: Pick<MachineHost, 'ssh'>): string => sshHostPaths(targetText(ssh)).known

/** A damaged record is forgotten: the next successful plan writes it again. */
async function read(path: string): Promise<KnownHost | undefined> {
  const found = await readIfExists(path)
  if (found === undefined) return undefined
  try {
    return v.parse(schema, JSON.parse(found))
  } catch {
    return undefined
  }
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

export async function rememberHost(
  { name, ssh }: MachineHost,
  changed: Pick<KnownHost, 'places' | 'clusters'>,
): Promise<void> {
  const before = await knownHost({ ssh })
  const after: KnownHost = {
    format: 'desktop-known-host/1',
    name,
    ssh,
    places: { ...before?.places, ...changed.places },
    clusters: { ...before?.clusters, ...changed.clusters },
  }
  await write(after, before)
}

/** After the last machine of a file has left the host. Returns whether other files have machines there. */
export async function forgetCluster(host: Pick<MachineHost, 'ssh'>, cluster: string): Promise<boolean> {
  const before = await knownHost(host)
  if (before === undefined) return false
  const without = <T>(of: Readonly<Record<string, T>>, isOwn: (name: string) => boolean): Record<string, T> =>
    Object.fromEntries(Object.entries(of).filter(([name]) => !isOwn(name)))
  const places = without(before.places, (name) => isMachineOf(cluster, name))
  const clusters = without(before.clusters, (name) => name === cluster)
  await write({ ...before, places, clusters }, before)
  return Object.keys(clusters).length > 0
}

async function write(after: KnownHost, before: KnownHost | undefined): Promise<void> {
  if (JSON.stringify(after) === JSON.stringify(before)) return
  const path = pathOf(after)
  await privateDirectory(dirname(path))
  await writeAtomic(path, `${JSON.stringify(after, null, 2)}\n`, { mode: 0o600 })
}

/** Machines on these hosts, by environment name, with the sockets through which this host reaches them. */
export async function placesThere(
  hosts: readonly MachineHost[],
): Promise<ReadonlyMap<string, { control: string; forward: SocketForward }>> {
  const known = await Promise.all(hosts.map(async (host) => [host, await knownHost(host)] as const))
  return new Map(
    known.flatMap(([host, record]) =>
      Object.entries(record?.places ?? {}).map(([name, { control }]) => [
        name,
        { control: forwardedSockets(name, host).control, forward: { ssh: host.ssh, path: control } },
      ]),
    ),
  )
}

/** Local ends of a machine's sockets. */
export function forwardedSockets(name: string, { ssh }: Pick<MachineHost, 'ssh'>): PlaceThere {
  const paths = sshHostPaths(targetText(ssh))
  return { control: forwardedSocket(paths, name, 'control'), docker: forwardedSocket(paths, name, 'docker') }
}

/** Throws `hosts/unreachable`, and `vm/not-running` for a machine that was never applied. */
export async function forwardSockets(name: string, host: MachineHost): Promise<void> {
  const there = (await knownHost(host))?.places[name]
  if (there === undefined)
    throw new DesktopError('vm/not-running', `${name} is not on ${host.name} yet`, {
      hint: 'run `desktop apply` first',
    })
  const here = forwardedSockets(name, host)
  const { ssh } = host
  await forwardSocket({ ssh, path: there.control }, here.control)
  await forwardSocket({ ssh, path: there.docker }, here.docker)
}
