/** hosts.* and vms.*.host: other hosts, and the machines placed on them. */
import { parseSshTarget } from '../../host/ssh/target.ts'
import type { Desired, MachineHost } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import { didYouMean } from '../nearest.ts'
import type { Path } from '../read/source.ts'
import { isImagePath } from './extension.ts'
import type { Context, Report } from './report.ts'

type RawVms = NonNullable<DesktopFile['vms']>

/** Name of the host that runs the command. */
const local = 'local'

/** Host of each machine by name, and all hosts of the file. */
export interface HostPlan {
  all: readonly MachineHost[]
  /** undefined: this host. */
  of(machine: string): MachineHost | undefined
  /** The machine on this host that connects those on different other hosts; none if there is at most one other host. */
  relay: string | undefined
}

export function hostPlan(
  raw: Pick<DesktopFile, 'hosts' | 'vms'>,
  placed: readonly { name: string; kind: string }[],
  { report, has }: Pick<Context, 'report' | 'has'>,
): HostPlan {
  if (raw.hosts !== undefined && raw.vms === undefined)
    report(
      ['hosts'],
      'hosts are for machines of vms, which the file does not have',
      'replace vm by vms: { m: { host: NAME } }, or leave hosts out',
      'key',
    )
  const hosts = hostsOf(raw, report)
  const names = [local, ...Object.keys(raw.hosts ?? {})]
  // An invalid host has been reported already.
  const isKnown = (name: string): boolean => names.includes(name) || has(['hosts', name])
  const lists = new Map(
    Object.entries(raw.vms ?? {}).map(([kind, one]) => [kind, listOf(kind, one, { names, isKnown }, report)]),
  )
  const found = new Map(
    placed.map(({ name, kind }) => {
      const list = lists.get(kind) ?? [local]
      const number = Number(name.slice(kind.length + 1))
      return [name, hosts.get(list[(number - 1) % Math.max(1, list.length)] ?? local)]
    }),
  )
  const of = (machine: string): MachineHost | undefined => found.get(machine)
  return { all: [...hosts.values()], of, relay: relayOf(raw.vms ?? {}, placed, of, report) }
}

function hostsOf({ hosts = {} }: Pick<DesktopFile, 'hosts'>, report: Report): Map<string, MachineHost> {
  const found = new Map<string, MachineHost>()
  for (const [name, { ssh }] of Object.entries(hosts)) {
    if (name === local)
      report(['hosts', name], `"${local}" is the host that runs desktop`, 'choose another name', 'key')
    if (!/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/.test(name))
      report(
        ['hosts', name],
        `"${name}" is not a valid name for a host`,
        'use lower-case letters, digits, dots and dashes',
        'key',
      )
    // The schema has already reported it.
    if (typeof ssh !== 'string') continue
    const target = parseSshTarget(ssh)
    if (target === undefined) {
      const hint = 'write user@host, a Host of your ssh configuration, or ssh://HOST:PORT'
      report(['hosts', name, 'ssh'], `"${ssh}" is not a host for ssh`, hint)
      continue
    }
    const twin = [...found.values()].find((other) => JSON.stringify(other.ssh) === JSON.stringify(target))
    if (twin !== undefined)
      report(
        ['hosts', name, 'ssh'],
        `${name} is the same host as ${twin.name}`,
        `leave one out, and use ${twin.name}`,
      )
    found.set(name, { name, ssh: target })
  }
  return found
}

/** Hosts of a kind, which its machines take in turn. */
function listOf(
  kind: string,
  { host = local }: RawVms[string],
  { names, isKnown }: { names: readonly string[]; isKnown: (name: string) => boolean },
  report: Report,
): readonly string[] {
  const list = typeof host === 'string' ? [host] : host
  for (const [index, name] of list.entries()) {
    const path: Path = typeof host === 'string' ? ['vms', kind, 'host'] : ['vms', kind, 'host', index]
    // The schema has already reported it.
    if (typeof name !== 'string') continue
    if (!isKnown(name))
      report(
        path,
        `there is no host "${name}"`,
        didYouMean(name, names) ?? `add it under hosts, or use: ${names.join(', ')}`,
      )
    else if (list.indexOf(name) !== index) report(path, `${name} is listed twice`, 'list each host once')
  }
  return list.filter((name) => typeof name === 'string')
}

/** Other hosts have no connection to each other, and isolated machines need none. */
function relayOf(
  raw: RawVms,
  placed: readonly { name: string; kind: string }[],
  of: HostPlan['of'],
  report: Report,
): string | undefined {
  const joined = placed.filter(({ kind }) => raw[kind]?.isolated !== true)
  const elsewhere = joined.filter(({ name }) => of(name) !== undefined)
  const first = elsewhere[0] && of(elsewhere[0].name)
  const second = elsewhere.find(({ name }) => of(name) !== first)
  if (first === undefined || second === undefined) return undefined
  const here = joined.find(({ name }) => of(name) === undefined)
  if (here !== undefined) return here.name
  report(
    ['vms', second.kind, 'host'],
    `machines on ${first.name} and ${of(second.name)?.name} are connected through one on this host, and there is none`,
    `place a machine on ${local}, even a small one`,
  )
  return undefined
}

/** Rejects keys that name files or sockets of this host, which machines on another host do not have. */
export function refuseElsewhere(
  raw: DesktopFile,
  { ports }: Pick<Desired, 'ports'>,
  elsewhere: ReadonlySet<string>,
  paths: ReadonlyMap<string, Path>,
  report: Report,
): void {
  const hint = 'leave it out, or place all machines on this host'
  const refuse = (path: Path, what: string): void =>
    report(path, `${what} of this host, which machines on another host do not have`, hint, 'key')
  if ((raw.shares ?? []).length > 0) refuse(['shares'], 'shares are folders')
  // Images of the guest, and contents in the file itself, are part of what the other host receives.
  for (const [index, one] of (raw.guest?.services ?? []).entries())
    if (isImagePath(one?.image ?? ''))
      refuse(['guest', 'services', index, 'image'], `${one?.image} is a file`)
  for (const [index, one] of (raw.guest?.files ?? []).entries())
    if (one?.source !== undefined) refuse(['guest', 'files', index, 'source'], `${one.source} is a file`)
  if ((raw.guest?.sshAgent ?? false) !== false)
    refuse(['guest', 'sshAgent'], 'guest.sshAgent forwards an agent')
  if (raw.engine?.context === true) refuse(['engine', 'context'], 'engine.context is a docker context')
  for (const { id, listen, guest } of ports) {
    if (listen.kind === 'unix' && elsewhere.has(guest.address))
      refuse(paths.get(id) ?? ['ports'], `${listen.path} is a socket`)
  }
}
