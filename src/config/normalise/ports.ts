/** `ports`: one mapping per listener; no two use the same host address and port. */
import { contains, parseIPv4, parseSubnet } from '../addresses.ts'
import type { NetworkSettings, PortMapping } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import { Listeners } from '../listeners.ts'
import { didYouMean } from '../nearest.ts'
import type { Path } from '../read/source.ts'
import { hostPath } from './paths.ts'
import { type LongForm, longForm, parseTarget, respelled, type Target } from './port-syntax.ts'
import type { Context, Report } from './report.ts'

/** All ports of both protocols; limits plans and the supervisor to tens of megabytes. */
const maxListeners = 131_072

interface Mappings {
  list: readonly PortMapping[]
  /** Path of the entry of each mapping, by mapping id. */
  paths: ReadonlyMap<string, Path>
}

export function mappings(
  raw: NonNullable<DesktopFile['ports']>,
  network: NetworkSettings,
  context: Context,
  machines: ReadonlyMap<string, string> = new Map(),
): Mappings {
  const list: PortMapping[] = []
  const paths = new Map<string, Path>()
  const listeners = new Listeners<Path>()
  const sockets = new Map<string, Path>()
  const holderOf = ({ listen, protocol }: PortMapping): Path | undefined =>
    listen.kind === 'unix' ? sockets.get(listen.path) : listeners.overlapping({ ...listen, protocol })
  let wanted = 0
  for (const [index, entry] of raw.entries()) {
    // The schema has already reported it.
    if (entry === undefined) continue
    const path: Path = ['ports', index]
    const expanded = expand(entry as string | LongForm, path, network, context, machines)
    wanted += expanded.length
    if (wanted > maxListeners) {
      context.report(
        path,
        `up to here, ports asks for more than ${maxListeners} listeners`,
        'map shorter ranges',
      )
      break
    }
    for (const mapping of expanded) {
      const holder = paths.get(mapping.id) ?? holderOf(mapping)
      if (holder !== undefined) {
        if (holder[1] === index) continue
        context.report(
          path,
          `${mapping.id} is already used by ports[${holder[1]}]`,
          mapping.listen.kind === 'unix'
            ? 'use another path'
            : 'use another port, or another address of the host',
        )
        break
      }
      paths.set(mapping.id, path)
      if (mapping.listen.kind === 'unix') sockets.set(mapping.listen.path, path)
      else listeners.add({ ...mapping.listen, protocol: mapping.protocol }, path)
      list.push(mapping)
    }
  }
  return { list, paths }
}

/** `m.2:80` → the address of m.2; unknown machines are reported. */
function toMachine(
  form: LongForm,
  path: Path,
  machines: ReadonlyMap<string, string>,
  report: Report,
): LongForm {
  const [, name, ports] = /^([a-z][a-z0-9-]*\.\d+):(.*)$/.exec(String(form.guest)) ?? []
  if (name === undefined) return form
  const address = machines.get(name)
  if (address !== undefined) return { ...form, guest: `${address}:${ports}` }
  const known = [...machines.keys()]
  const hint = known.length === 0 ? 'machines are made by `vms`' : `there are ${known.join(', ')}`
  report(path, `there is no machine ${name}`, didYouMean(name, known) ?? hint)
  return { ...form, guest: ports ?? '' }
}

/** Reports an invalid entry and returns nothing. */
function expand(
  entry: string | LongForm,
  path: Path,
  network: NetworkSettings,
  context: Context,
  machines: ReadonlyMap<string, string>,
): readonly PortMapping[] {
  const { report } = context
  const meant = typeof entry === 'string' ? respelled(entry) : undefined
  if (meant !== undefined) {
    report(path, `"${entry}" is not a port mapping`, `did you mean "${meant}"?`)
    return []
  }
  const given = typeof entry === 'string' ? longForm(entry) : entry
  const form = given === undefined ? undefined : toMachine(given, path, machines, report)
  if (form === undefined) {
    report(path, `"${entry}" has no guest port`, 'write HOST:GUEST, e.g. "8080:80"')
    return []
  }
  const guest = guestTarget(form, path, network, report)
  if (guest === undefined) return []
  const host = String(form.host)
  if (host.startsWith('unix:')) return unixMapping(form, host.slice('unix:'.length), guest, path, context)
  if (form.mode !== undefined)
    report(path, 'mode is for unix sockets only', 'leave it out, or write host: unix:PATH')
  const target = parseTarget(host, '127.0.0.1')
  if (target === undefined) {
    const hint = /^localhost:/i.test(host)
      ? `did you mean "127.0.0.1${host.slice('localhost'.length)}"?`
      : 'write PORT, FIRST-LAST, ADDRESS:PORT, [IPv6]:PORT or unix:PATH'
    report(path, `"${host}" is not a host address and port`, hint)
    return []
  }
  return inetMappings(form, target, guest, path, report)
}

function guestTarget(
  form: LongForm,
  path: Path,
  network: NetworkSettings,
  report: Report,
): Target | undefined {
  const text = String(form.guest)
  const target = parseTarget(text, network.address)
  if (target === undefined) {
    const protocol = /\/(\w+)$/.exec(text)?.[1]
    if (protocol !== undefined)
      report(path, `port mappings support tcp and udp, not ${protocol}`, 'leave the protocol out for tcp')
    else report(path, `"${text}" is not a guest port`, 'write PORT, FIRST-LAST, ADDRESS:PORT or [IPv6]:PORT')
    return undefined
  }
  const { ipv6 } = network
  if (target.address.includes(':') && ipv6 === undefined) {
    report(path, `${target.address} cannot be reached: the VM has no IPv6`, 'set network.ipv6: true')
    return undefined
  }
  const own = [network.gateway, network.host, ipv6?.gateway, ipv6?.host]
  if (own.includes(target.address)) {
    report(path, `${target.address} is the forwarder itself, not a machine`, `the VM is ${network.address}`)
  }
  const subnet = parseSubnet(network.subnet)
  const address = parseIPv4(target.address)
  if (subnet !== undefined && address !== undefined && !contains(subnet, address)) {
    report(
      path,
      `${target.address} is outside the VM's network ${network.subnet}`,
      `the VM is ${network.address}`,
    )
  }
  return target
}

function inetMappings(
  { name, protocol = 'tcp' }: LongForm,
  host: Target,
  guest: Target,
  path: Path,
  report: Report,
): readonly PortMapping[] {
  const count = host.last - host.first + 1
  const guestCount = guest.last - guest.first + 1
  if (count !== guestCount) {
    report(
      path,
      `cannot map ${count} host ports to ${guestCount} guest ports`,
      'make both ranges the same length',
    )
    return []
  }
  return Array.from({ length: count }, (_, i): PortMapping => {
    const port = host.first + i
    const named = count === 1 ? name : `${name}-${port}`
    return {
      id: name === undefined ? `${protocol}/${host.address}:${port}` : (named ?? name),
      protocol,
      listen: { kind: 'inet', address: host.address, port },
      guest: { address: guest.address, port: guest.first + i },
    }
  })
}

function unixMapping(
  form: LongForm,
  text: string,
  guest: Target,
  path: Path,
  context: Context,
): readonly PortMapping[] {
  const { report } = context
  if (form.protocol === 'udp') report(path, 'a unix socket supports tcp only', 'leave protocol out')
  if (guest.first !== guest.last)
    report(path, 'a unix socket maps to one guest port', 'write one mapping per port')
  if (text === '') {
    report(path, 'unix: needs a path', 'e.g. unix:./app.sock')
    return []
  }
  const file = hostPath(text, path, context)
  const listen = { kind: 'unix', path: file, mode: Number.parseInt(form.mode ?? '600', 8) } as const
  const target = { address: guest.address, port: guest.first }
  return [{ id: form.name ?? `unix/${file}`, protocol: 'tcp', listen, guest: target }]
}
