/** Converts a schema-valid file to Desired: defaults, units, semantic checks. */
import { renderDaemon } from '../daemon/render.ts'
import type { Desired, MachineHost } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import type { Path } from '../read/source.ts'
import { certificates } from './certificates.ts'
import { dnsSettings } from './dns.ts'
import { egressSettings } from './egress.ts'
import { guestFiles, guestServices } from './extension.ts'
import { historySettings } from './history.ts'
import { hostPlan, refuseElsewhere } from './hosts.ts'
import { machinesOf, placeMachines, refuseShared } from './machines.ts'
import { nameSettings } from './names.ts'
import { networkSettings } from './network.ts'
import { hostPath } from './paths.ts'
import { platformList } from './platforms.ts'
import { checkPools } from './pools.ts'
import { mappings } from './ports.ts'
import { publishSettings } from './publish.ts'
import type { Context } from './report.ts'
import { requireVersion } from './required-version.ts'
import { shareList } from './shares.ts'
import { stackFiles } from './stacks.ts'
import { sysctls } from './sysctl.ts'
import { environmentName, vmSettings } from './vm.ts'

export interface Normalised {
  /** Desired state of the environment; with `vms`, the part common to all machines. */
  desired: Desired
  /** Desired states of the machines; empty without `vms`. */
  machines: readonly Desired[]
  /** Other hosts of the file. */
  hosts: readonly MachineHost[]
  /** Path of the `ports` entry of each mapping, by mapping id. */
  portPaths: ReadonlyMap<string, Path>
}

/** Reports all mistakes; after a mistake, the result must not be used. */
export function normalise(raw: DesktopFile, context: Context): Normalised {
  const { report } = context
  requireVersion(raw.requiredVersion, report)
  const network = networkSettings(raw.network ?? {}, report)
  const placed = raw.vms === undefined ? [] : placeMachines(raw.vms, network, report)
  if (raw.vms !== undefined) refuseShared(raw, report)
  const places = new Map(placed.map(({ name, address }) => [name, address]))
  const first = placed[0]?.address
  const reached = first === undefined ? network : { ...network, address: first }
  const { list: ports, paths: portPaths } = mappings(raw.ports ?? [], reached, context, places)
  checkPools(raw.engine ?? {}, network.subnet, network.ipv6?.subnet, report)
  const socket = raw.engine?.socket ?? 'auto'
  const name = environmentName(raw.name, context)
  const desired: Desired = {
    name,
    vm: vmSettings(raw.vm ?? {}, report),
    network,
    dns: dnsSettings(raw.network?.dns ?? {}, network, report),
    egress: egressSettings(raw.network?.egress ?? {}, report),
    ports,
    publish: publishSettings(raw.publish ?? {}, report),
    names: nameSettings(raw.names ?? {}, name, ports, report),
    engine: {
      daemon: renderDaemon(raw.engine ?? {}, network.mtu, context),
      trustedCertificates: certificates(raw.engine?.trustedCertificates ?? [], context),
      socket: socket === 'auto' ? undefined : hostPath(socket, ['engine', 'socket'], context),
      context: raw.engine?.context ?? false,
    },
    history: historySettings(raw.history ?? {}, report),
    shares: shareList(raw.shares ?? [], context),
    guest: {
      sshAgent: sshAgent(raw.guest?.sshAgent ?? false, context),
      sysctl: sysctls(raw.guest?.sysctl ?? {}, report),
      platforms: platformList(raw.guest?.platforms ?? []),
      builder: raw.guest?.builder ?? 'desktop',
      services: guestServices(raw.guest?.services ?? [], context),
      files: guestFiles(raw.guest?.files ?? [], context),
    },
  }
  const hosts = hostPlan(raw, placed, context)
  const elsewhere = placed.filter((machine) => hosts.of(machine.name) !== undefined)
  if (elsewhere.length > 0)
    refuseElsewhere(raw, desired, new Set(elsewhere.map(({ address }) => address)), portPaths, report)
  const { socket: engineSocket } = desired.engine
  for (const { id, listen } of ports) {
    if (listen.kind !== 'unix' || listen.path !== engineSocket) continue
    report(portPaths.get(id) ?? ['ports'], `${listen.path} is already engine.socket`, 'use another path')
  }
  const stacks = stackFiles(raw, name, context)
  const machines =
    raw.vms === undefined ? [] : machinesOf(desired, raw.vms, { placed, hosts, stacks }, report)
  return { desired, machines, hosts: hosts.all, portPaths }
}

const sshAgent = (raw: boolean | string, context: Context): boolean | string =>
  typeof raw === 'boolean' ? raw : hostPath(raw, ['guest', 'sshAgent'], context)
