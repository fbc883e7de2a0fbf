/** A file that the schema accepts → Desired: defaults, units, semantic checks. Reports every mistake. */
import { isAbsolute, resolve } from 'node:path'
import { overlap, parseSubnet } from './addresses.ts'
import { renderDaemon, type SecretSources } from './daemon/render.ts'
import type { Desired, DesiredVm, PortMapping } from './desired.ts'
import { dnsSettings, networkSettings } from './network.ts'
import { expand, type PortsContext, parseShort } from './ports.ts'
import type { Report } from './report.ts'
import type { DesktopFile } from './types.ts'
import { parseSize, sizeHint } from './units.ts'

const MiB = 2 ** 20
const GiB = 2 ** 30

export interface NormaliseContext extends SecretSources {
  /** Name of the folder that desktop.yaml is in. */
  folder: string
}

export function normalise(raw: DesktopFile, context: NormaliseContext, report: Report): Desired {
  const network = networkSettings(raw.network ?? {}, report)
  const daemon = renderDaemon(raw.engine ?? {}, context, report)
  checkPools(raw, network.subnet, daemon.bip, report)
  const socket = raw.engine?.socket
  return {
    name: environmentName(raw, context.folder, report),
    vm: vmSettings(raw.vm ?? {}, report),
    network,
    dns: dnsSettings(raw.network?.dns ?? {}, report),
    ports: mappings(raw.ports ?? [], { directory: context.directory, guestAddress: network.address }, report),
    publish: { containers: raw.publish?.containers ?? true, bind: publishBind(raw.publish?.bind, report) },
    engine: {
      daemon,
      socket: socket === undefined || socket === 'auto' ? undefined : absolute(socket, context.directory),
      context: raw.engine?.context ?? false,
    },
    guest: { sysctl: sysctls(raw.guest?.sysctl ?? {}, report) },
  }
}

const absolute = (path: string, directory: string): string =>
  isAbsolute(path) ? path : resolve(directory, path)

function environmentName(raw: DesktopFile, folder: string, report: Report): string {
  if (raw.name !== undefined) return raw.name
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 41)
  if (name === '')
    report([], 'the folder has no name that an environment could have', 'add name: to the file')
  return name
}

function vmSettings(raw: NonNullable<DesktopFile['vm']>, report: Report): DesiredVm {
  const size = (key: 'memory' | 'disk', fallback: number, least: number): number => {
    const text = raw[key]
    if (text === undefined) return fallback
    const bytes = parseSize(text)
    if (bytes === undefined) report(['vm', key], `"${text}" is not a size`, sizeHint(text))
    else if (bytes < least) report(['vm', key], `${text} is too little`, `give it ${least / MiB}MiB or more`)
    return bytes ?? fallback
  }
  return {
    cpus: raw.cpus ?? 2,
    // QEMU counts memory in MiB and disks in sectors; half a unit would be a change for ever.
    memoryBytes: Math.floor(size('memory', 2 * GiB, 512 * MiB) / MiB) * MiB,
    diskBytes: Math.floor(size('disk', 20 * GiB, GiB) / MiB) * MiB,
    accelerator: raw.accelerator ?? 'auto',
  }
}

function mappings(
  raw: NonNullable<DesktopFile['ports']>,
  context: PortsContext,
  report: Report,
): PortMapping[] {
  const all: PortMapping[] = []
  const ids = new Map<string, number>()
  const listeners = new Map<string, number>()
  raw.forEach((entry, index) => {
    const result =
      typeof entry === 'string'
        ? parseShort(entry, context)
        : expand(entry as Parameters<typeof expand>[0], context)
    if ('problem' in result) {
      report(['ports', index], result.problem, result.hint)
      return
    }
    for (const mapping of result.mappings) {
      const twin = ids.get(mapping.id) ?? clash(listeners, mapping)
      if (twin !== undefined && twin !== index) {
        report(['ports', index], `${mapping.id} is taken by ports[${twin}] already`)
        break
      }
      ids.set(mapping.id, index)
      listeners.set(listenKey(mapping), index)
      all.push(mapping)
    }
  })
  return all
}

function listenKey({ listen, protocol }: PortMapping): string {
  return listen.kind === 'unix' ? listen.path : `${protocol} ${listen.address} ${listen.port}`
}

/** The entry that listens on the same address, or on all addresses. */
function clash(listeners: ReadonlyMap<string, number>, mapping: PortMapping): number | undefined {
  const { listen, protocol } = mapping
  if (listen.kind === 'unix') return listeners.get(listen.path)
  const all = ['0.0.0.0', '::']
  const others = [listen.address, ...all].map((address) =>
    listeners.get(`${protocol} ${address} ${listen.port}`),
  )
  return others.find((index) => index !== undefined)
}

function publishBind(bind: string | undefined, report: Report): string {
  const address = bind ?? '127.0.0.1'
  const result = expand(
    { host: `${address.includes(':') ? `[${address}]` : address}:1`, guest: 1 },
    { directory: '/', guestAddress: '127.0.0.1' },
  )
  if ('problem' in result) report(['publish', 'bind'], `"${address}" is not an IP address`)
  return address
}

function sysctls(raw: Readonly<Record<string, string | number>>, report: Report): Record<string, string> {
  for (const key of Object.keys(raw)) {
    if (!/^[a-z0-9_]+([./][A-Za-z0-9_-]+)+$/.test(key))
      report(['guest', 'sysctl', key], `"${key}" is not a kernel parameter`, undefined, 'key')
  }
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, String(value)]))
}

/** The VM's own network, the pools and the default bridge must not overlap. */
function checkPools(raw: DesktopFile, subnetText: string, bip: unknown, report: Report): void {
  const subnet = parseSubnet(subnetText)
  const bridge = typeof bip === 'string' ? parseSubnet(bip) : undefined
  const pools = (raw.engine?.addressPools ?? []).map(({ base }) => ({ base, subnet: parseSubnet(base) }))
  pools.forEach((pool, i) => {
    if (pool.subnet === undefined) return
    const path = ['engine', 'addressPools', i, 'base']
    if (subnet !== undefined && overlap(pool.subnet, subnet))
      report(path, `${pool.base} overlaps network.subnet ${subnetText}`)
    if (bridge !== undefined && overlap(pool.subnet, bridge)) report(path, `${pool.base} overlaps bip ${bip}`)
    const twin = pools
      .slice(0, i)
      .find(
        (other) =>
          other.subnet !== undefined && pool.subnet !== undefined && overlap(other.subnet, pool.subnet),
      )
    if (twin !== undefined) report(path, `${pool.base} overlaps ${twin.base}`)
  })
  if (bridge !== undefined && subnet !== undefined && overlap(bridge, subnet)) {
    report(['engine', 'config', 'bip'], `${bip} overlaps network.subnet ${subnetText}`)
  }
}
