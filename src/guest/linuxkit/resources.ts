/** Limits of a container for config.json: cgroup resources, devices and rlimits. */
import { DesktopError } from '../../errors/desktop-error.ts'
import { type GoValue, unlessEmpty } from './go-json.ts'
import type { ContainerSettings, Device, Resources } from './types.ts'

const bad = (message: string): DesktopError => new DesktopError('linuxkit/bad-value', message)

/** The `resources` that upstream supports; the container's `devices` are also allowed. */
export function resourcesJson(resources: Resources, devices: readonly Device[]): GoValue {
  const { memory, cpu, pids, blockio, network } = resources
  const rules = (resources.devices ?? []).map(({ allow = false, type, major, minor, access }): GoValue => {
    return { allow, type: unlessEmpty(type ?? ''), major, minor, access: unlessEmpty(access ?? '') }
  })
  return {
    devices: unlessEmpty([...rules, ...devices.map(deviceRule)]),
    memory: memory && {
      limit: memory.limit,
      reservation: memory.reservation,
      swap: memory.swap,
      kernel: memory.kernel,
      swappiness: memory.swappiness,
    },
    cpu: cpu && {
      shares: cpu.shares,
      quota: cpu.quota,
      period: cpu.period,
      cpus: unlessEmpty(cpu.cpus ?? ''),
      mems: unlessEmpty(cpu.mems ?? ''),
    },
    pids: pids && { limit: pids.limit ?? 0 },
    blockIO: blockio && { weight: blockio.weight },
    network: network && {
      priorities: unlessEmpty(
        (network.priorities ?? []).map(({ name = '', priority = 0 }): GoValue => ({ name, priority })),
      ),
    },
  }
}

/** A container's device must also be allowed. */
function deviceRule({ path, type = '', major = 0, minor = 0 }: Device): GoValue {
  const rule = { allow: true, type: unlessEmpty(type) }
  return path === 'all' ? { ...rule, access: 'rwm' } : { ...rule, major, minor, access: 'rwm' }
}

/** `devices` of config.json; `path: all` allows access without creating a node. */
export function devicesJson(devices: readonly Device[]): GoValue[] {
  return devices
    .filter(({ path }) => path !== 'all')
    .map(({ path = '', type = '', major = 0, minor = 0, mode = '' }) => {
      if (!/^[-+]?[0-7]+$/.test(mode))
        throw bad(`device "${path}" has the mode "${mode}", which is not octal`)
      return { path, type, major, minor, fileMode: Number.parseInt(mode, 8) >>> 0 }
    })
}

const limits: ReadonlySet<string> = new Set(
  (
    'CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO ' + 'RTTIME'
  ).split(' '),
)

const unlimited = 2n ** 64n - 1n

function bound(text: string, whole: string): bigint {
  const trimmed = text.trim()
  if (trimmed.toLowerCase() === 'unlimited') return unlimited
  const value = /^[0-9]+$/.test(trimmed) ? BigInt(trimmed) : unlimited + 1n
  if (value > unlimited) throw bad(`rlimit "${whole}": "${trimmed}" is neither a number nor unlimited`)
  return value
}

/** `NAME,SOFT,HARD` */
function rlimit(text: string): GoValue {
  const [name = '', soft, ...rest] = text.split(',')
  const hard = rest.join(',')
  if (soft === undefined || rest.length === 0) throw bad(`rlimit "${text}" is not NAME,SOFT,HARD`)
  const short = name
    .trim()
    .toUpperCase()
    .replace(/^RLIMIT_/, '')
  if (!limits.has(short)) throw bad(`rlimit "${text}": "${name.trim()}" is not a limit`)
  return { type: `RLIMIT_${short}`, hard: bound(hard, text), soft: bound(soft, text) }
}

export function rlimitsJson(label: ContainerSettings, own: ContainerSettings): GoValue[] {
  return (own.rlimits ?? label.rlimits ?? []).map(rlimit)
}
