/** vms.*: the machines of the file. Each has a desired state, derived from the common keys and its kind. */
import { isDeepStrictEqual } from 'node:util'
import { contains, formatIPv4, parseIPv4, parseSubnet } from '../addresses.ts'
import type { Desired, EgressSettings, MachineHost, NetworkSettings, Peer, StackFile } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import { ipv6Settings } from '../ipv6-network.ts'
import type { Path } from '../read/source.ts'
import { sameName } from './dns.ts'
import { egressSettings } from './egress.ts'
import type { HostPlan } from './hosts.ts'
import type { Report } from './report.ts'
import { type Membership, memberships } from './swarm.ts'
import { vmSettings } from './vm.ts'

type RawVms = NonNullable<DesktopFile['vms']>
type RawKind = RawVms[string]

/** A machine with its position in the file. */
export interface Placed {
  /** `m.2`. */
  name: string
  kind: string
  address: string
}

/** Addresses per kind without an explicit start, so that a larger count does not move other kinds. */
const kindStep = 32

/** Assigns names and addresses in file order. Reports those that do not fit. */
export function placeMachines(raw: RawVms, network: NetworkSettings, report: Report): Placed[] {
  const subnet = parseSubnet(network.subnet)
  const first = parseIPv4(network.address)
  if (subnet === undefined || first === undefined) return []
  const own = [network.gateway, network.host]
  const taken = new Map<number, string>()
  const placed: Placed[] = []
  let next = first
  for (const [kind, { count = 1, address }] of Object.entries(raw)) {
    const path: Path = ['vms', kind]
    if (!/^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$/.test(kind)) {
      const hint = 'use lower-case letters, digits and dashes, at most 20, beginning with a letter'
      report(path, `"${kind}" is not a valid name for machines`, hint, 'key')
    }
    const given = address === undefined ? undefined : parseIPv4(address)
    if (address !== undefined && given === undefined) {
      report([...path, 'address'], `"${address}" is not an IPv4 address`, 'e.g. 192.168.65.10')
      continue
    }
    let at = given ?? next
    const where: Path = address === undefined ? path : [...path, 'address']
    for (let number = 1; number <= count; number += 1, at += 1) {
      // Default addresses skip the gateway and the host address, which may be among them.
      while (given === undefined && own.includes(formatIPv4(at))) at += 1
      const name = `${kind}.${number}`
      const text = formatIPv4(at)
      const twin = taken.get(at) ?? (own.includes(text) ? 'the forwarder' : undefined)
      if (!contains(subnet, at) || at === subnet.base || at === subnet.base + subnet.size - 1) {
        const message = `${network.subnet} has no address for ${name}: ${text} is not a host address in it`
        report(
          where,
          message,
          number > 1 ? 'lower count, or choose a larger network.subnet' : startHint(given),
        )
        break
      }
      if (twin !== undefined) {
        report(where, `${name} would have ${text}, which ${twin} has`, 'give the kind another `address`')
        break
      }
      taken.set(at, name)
      placed.push({ name, kind, address: text })
    }
    if (given === undefined) next = first + Math.ceil((at - first) / kindStep) * kindStep
  }
  return placed
}

/** For the first machine of a kind: a smaller count does not help. */
const startHint = (given: number | undefined): string =>
  given === undefined
    ? `give the kind an \`address\`, because each starts ${kindStep} after the one before, or choose a larger network.subnet`
    : 'choose an `address` in network.subnet, other than its first and last'

/** Locally administered, and derived from the address, so equally unique. */
const macOf = (address: string): string =>
  ['02', '50', ...address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'))].join(':')

const nameIn = (cluster: string, machine: string): string => `${machine}.${cluster}.internal`

interface Placement {
  placed: readonly Placed[]
  hosts: HostPlan
  stacks: readonly StackFile[]
}

/** @param base desired state common to all machines; its ports can target any of them */
export function machinesOf(
  base: Desired,
  raw: RawVms,
  { placed, hosts: on, stacks }: Placement,
  report: Report,
): Desired[] {
  const sizes = new Map(
    Object.entries(raw).map(([kind, one]) => [kind, vmSettings(sizing(one), report, ['vms', kind])]),
  )
  const egress = new Map(
    Object.entries(raw).map(([kind, one]) => [kind, egressOf(one, kind, base.egress, report)]),
  )
  const members = memberships(base, raw, placed, report)
  const peers = placed.map(
    ({ name, address }): Peer => ({
      machine: name,
      environment: `${base.name}.${name}`,
      address,
      mac: macOf(address),
      ...named(on.of(name)?.name),
    }),
  )
  const isIsolated = new Map(placed.map(({ name, kind }) => [name, raw[kind]?.isolated === true]))
  const hosts = { ...base.dns.hosts }
  for (const { name, address } of placed) {
    const full = nameIn(base.name, name)
    const twin = Object.keys(base.dns.hosts).find((one) => sameName(one) === sameName(full))
    if (twin !== undefined)
      report(['network', 'dns', 'hosts', twin], `${twin} is a machine of vms`, 'choose another name', 'key')
    hosts[full] = address
  }
  const others = new Set(placed.slice(1).map(({ address }) => address))
  return placed.map(({ name, kind, address }, index): Desired => {
    const isMine = (to: string): boolean => (index === 0 ? !others.has(to) : to === address)
    return {
      ...base,
      name: `${base.name}.${name}`,
      machine: {
        name,
        kind,
        alike: placed.filter(
          (one) =>
            on.of(one.name)?.name === on.of(name)?.name &&
            isDeepStrictEqual(sizes.get(one.kind), sizes.get(kind)),
        ).length,
        cluster: base.name,
        ...placedOn(on.of(name)),
        peers:
          isIsolated.get(name) === true
            ? []
            : peers.filter(({ machine }) => machine !== name && isIsolated.get(machine) !== true),
        ...(on.relay === name ? { relays: true } : {}),
        ...swarmOf(members.get(kind)),
        ...(stacks.length === 0 ? {} : { stacks }),
      },
      vm: sizes.get(kind) ?? base.vm,
      network: networkOf(base.network, address),
      dns: { ...base.dns, hosts },
      egress: egress.get(kind) ?? base.egress,
      ports: base.ports.filter(({ guest }) => isMine(guest.address)),
    }
  })
}

const named = (host: string | undefined): { host?: string } => (host === undefined ? {} : { host })
const placedOn = (host: MachineHost | undefined): { host?: MachineHost } =>
  host === undefined ? {} : { host }

const swarmOf = (swarm: Membership | undefined): { swarm?: Membership } =>
  swarm === undefined ? {} : { swarm }

/** The keys shared with `vm`. */
const sizing = ({
  count: _count,
  address: _address,
  egress: _egress,
  isolated: _isolated,
  swarm: _swarm,
  labels: _labels,
  host: _host,
  ...vm
}: RawKind): NonNullable<DesktopFile['vm']> => vm

function egressOf({ egress }: RawKind, kind: string, common: EgressSettings, report: Report): EgressSettings {
  if (egress === undefined) return common
  // Same checks as for network.egress, which has the same keys.
  return egressSettings(egress, (path, ...rest) => report(['vms', kind, ...path.slice(1)], ...rest))
}

/** Offset of IPv6 addresses, so that no machine gets the gateway's or the host's. */
const machines6 = 0x1_0000

function networkOf(common: NetworkSettings, address: string): NetworkSettings {
  const { ipv6 } = common
  const subnet = parseSubnet(common.subnet)
  const number = (parseIPv4(address) ?? 0) - (subnet?.base ?? 0)
  return {
    ...common,
    address,
    mac: macOf(address),
    ...(ipv6 === undefined ? {} : { ipv6: ipv6Settings(ipv6.subnet, machines6 + number) }),
  }
}

/** Rejects keys for resources that exist only once on the host. */
export function refuseShared(raw: DesktopFile, report: Report): void {
  const one = 'it is for a single VM; with vms each machine would want it'
  if (raw.vm !== undefined) {
    report(['vm'], 'vm and vms exclude each other', 'move its keys to a kind of vms', 'key')
  }
  const { engine, names } = raw
  if (engine?.socket !== undefined && engine.socket !== 'auto')
    report(['engine', 'socket'], `engine.socket: ${one}`, 'leave it out; `desktop env MACHINE` prints each')
  for (const key of ['http', 'https'] as const) {
    if (names?.[key] !== undefined)
      report(['names', key], `names.${key}: ${one}`, 'leave it out, and use `ports`')
  }
}
