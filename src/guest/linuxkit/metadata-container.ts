/**
 * A container in metadata. The tool's types have YAML names only in part: members from the OCI specification are
 * written completely, in lower case.
 */
import { type GoValue, sortedMap, unlessEmpty } from './go-json.ts'
import { naturalMap } from './go-yaml.ts'
import { mappingJson, mountJson } from './mounts.ts'
import { resourcesJson } from './resources.ts'
import type { ContainerSettings, IdMapping, Mount, Resources, Runtime } from './types.ts'

export function containerMembers(
  own: ContainerSettings,
  kind: MetadataKind,
): { readonly [key: string]: GoValue } {
  const yaml = kind === 'yaml'
  const map = yaml ? naturalMap<string> : sortedMap<string>
  const mount = yaml ? mountYaml : mountJson
  const mapping = yaml ? mappingYaml : mappingJson
  return {
    capabilities: own.capabilities,
    'capabilities.add': own['capabilities.add'],
    ambient: own.ambient,
    mounts: own.mounts?.map(mount),
    binds: own.binds,
    'binds.add': own['binds.add'],
    devices: own.devices?.map(({ path = '', type = '', major = 0, minor = 0, mode = '' }) => {
      return { path, type, major, minor, mode: unlessEmpty(mode) }
    }),
    tmpfs: own.tmpfs,
    command: own.command,
    env: own.env,
    cwd: unlessEmpty(own.cwd ?? ''),
    net: unlessEmpty(own.net ?? ''),
    pid: unlessEmpty(own.pid ?? ''),
    ipc: unlessEmpty(own.ipc ?? ''),
    uts: unlessEmpty(own.uts ?? ''),
    userns: unlessEmpty(own.userns ?? ''),
    hostname: unlessEmpty(own.hostname ?? ''),
    readonly: own.readonly,
    maskedPaths: own.maskedPaths,
    readonlyPaths: own.readonlyPaths,
    uid: own.uid,
    gid: own.gid,
    additionalGids: own.additionalGids,
    noNewPrivileges: own.noNewPrivileges,
    oomScoreAdj: own.oomScoreAdj,
    rootfsPropagation: own.rootfsPropagation,
    cgroupsPath: own.cgroupsPath,
    resources: own.resources && (yaml ? resourcesYaml(own.resources) : resourcesJson(own.resources, [])),
    sysctl: own.sysctl && map(own.sysctl),
    rlimits: own.rlimits,
    uidMappings: own.uidMappings?.map(mapping),
    gidMappings: own.gidMappings?.map(mapping),
    annotations: own.annotations && map(own.annotations),
    runtime: own.runtime && runtimeMembers(own.runtime, yaml),
  }
}

const mappingYaml = ({ size = 0 }: IdMapping): GoValue => ({ containerid: 0, hostid: 0, size })

function mountYaml(mount: Mount): GoValue {
  return {
    destination: mount.destination ?? '',
    type: mount.type ?? '',
    source: mount.source ?? '',
    options: mount.options ?? [],
    uidmappings: (mount.uidmappings ?? []).map(mappingYaml),
    gidmappings: (mount.gidmappings ?? []).map(mappingYaml),
  }
}

function runtimeMembers(runtime: Runtime, yaml: boolean): GoValue {
  const { cgroups, mounts, mkdir, interfaces, bindNS = {}, namespace } = runtime
  const { cgroup, ipc, mnt, net, pid, user, uts } = bindNS
  const bound = { cgroup, ipc, mnt, net, pid, user, uts }
  const isBound = Object.values(bound).some((path) => path !== undefined)
  return {
    cgroups,
    mounts: mounts?.map(yaml ? mountYaml : mountJson),
    mkdir,
    interfaces: interfaces?.map(({ name = '', add = '', peer = '', createInRoot = false }) => {
      return { name: unlessEmpty(name), add: unlessEmpty(add), peer: unlessEmpty(peer), createInRoot }
    }),
    bindNS: yaml && !isBound ? undefined : bound,
    namespace,
  }
}

function resourcesYaml({ devices = [], memory, cpu, pids, blockio, network }: Resources): GoValue {
  return {
    devices: devices.map(({ allow = false, type = '', major = null, minor = null, access = '' }) => {
      return { allow, type, major, minor, access }
    }),
    memory: memory
      ? {
          limit: memory.limit ?? null,
          reservation: memory.reservation ?? null,
          swap: memory.swap ?? null,
          kernel: memory.kernel ?? null,
          kerneltcp: null,
          swappiness: memory.swappiness ?? null,
          disableoomkiller: null,
          usehierarchy: null,
          checkbeforeupdate: null,
        }
      : null,
    cpu: cpu
      ? {
          shares: cpu.shares ?? null,
          quota: cpu.quota ?? null,
          burst: null,
          period: cpu.period ?? null,
          realtimeruntime: null,
          realtimeperiod: null,
          cpus: cpu.cpus ?? '',
          mems: cpu.mems ?? '',
          idle: null,
        }
      : null,
    pids: pids ? { limit: pids.limit ?? 0 } : null,
    blockio: blockio
      ? {
          weight: blockio.weight ?? null,
          leafweight: null,
          weightdevice: [],
          throttlereadbpsdevice: [],
          throttlewritebpsdevice: [],
          throttlereadiopsdevice: [],
          throttlewriteiopsdevice: [],
        }
      : null,
    hugepagelimits: [],
    network: network
      ? {
          classid: null,
          priorities: (network.priorities ?? []).map(({ name = '', priority = 0 }) => ({ name, priority })),
        }
      : null,
    rdma: {},
    unified: {},
  }
}

/** The kinds differ in the representation of absent lists and in some member names. */
export type MetadataKind = 'yaml' | 'json'
