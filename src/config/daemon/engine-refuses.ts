/**
 * Schema-valid values of daemon.json that prevent dockerd 26.1 from starting, or that it silently ignores. Each rule
 * was verified with dockerd (docs/decisions/0211-what-dockerd-does-not-start-with.md).
 */
import { isIP, parseIPv4 } from '../addresses.ts'
import type { Report } from '../normalise/report.ts'
import type { Path } from '../read/source.ts'
import { checkBridge } from './bridge.ts'
import type { DaemonConfig } from './config.ts'
import { checkLogOptions } from './log-options.ts'
import { checkRegistries } from './registries.ts'
import { checkRuntimes } from './runtimes.ts'
import { durationSeconds, isSize } from './size.ts'
import { checkUlimits } from './ulimits.ts'

const at = (...path: (string | number)[]): Path => ['engine', 'config', ...path]

export function checkEngineRefuses(config: DaemonConfig, report: Report): void {
  checkAddresses(config, report)
  checkBridge(config, report)
  checkBuilder(config, report)
  checkExecOptions(config, report)
  checkRegistries(config, report)
  checkResources(config, report)
  checkRuntimes(config, report)
  checkLogOptions(config, report)
  checkUlimits(config, report)
  checkLimits(config, report)
  const seccomp = config['seccomp-profile']
  if (seccomp !== undefined && !/^(\/.*|builtin|unconfined|)$/.test(seccomp)) {
    const hint = 'use an absolute path in the guest, unconfined or builtin'
    report(at('seccomp-profile'), `there is no seccomp profile "${seccomp}"`, hint)
  }
  const metrics = config['metrics-addr']
  if (metrics !== undefined && metrics !== '' && !isHostAndPort(metrics))
    report(at('metrics-addr'), `"${metrics}" is not ADDRESS:PORT of the VM`, 'e.g. 127.0.0.1:9323')
}

function isHostAndPort(text: string): boolean {
  const [, name = '', six = '', port] = /^(?:([^:[\]\s]+)|\[([^[\]\s]+)\]):(\d{1,5})$/.exec(text) ?? []
  return port !== undefined && isPort(port) && (name === 'localhost' || isIP(name || six))
}

/** 224.0.0.0/4, or ff00::/8. */
const isMulticast = (text: string): boolean =>
  text.includes(':') ? /^ff/i.test(text) : (parseIPv4(text) ?? 0) >>> 28 === 14

const isPort = (text: string): boolean => Number(text) <= 65_535

/** A domain label by dockerd's pattern, without underscores. */
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const domain = new RegExp(`^${label}(?:\\.${label})*\\.?$`)

function checkAddresses(config: DaemonConfig, report: Report): void {
  const address = (path: Path, text: string | undefined): void => {
    if (text !== undefined && text !== '' && !isIP(text))
      report(path, `"${text}" is not an IP address`, 'e.g. 192.168.65.1')
    else if (text !== undefined && isMulticast(text))
      report(path, `${text} is not an address of a host`, 'use the address of one host, not of a group')
  }
  config.dns?.forEach((text, i) => {
    if (text === '' || text.includes('%'))
      report(at('dns', i), `"${text}" is not an IP address`, 'e.g. 192.168.65.1')
    else if (text === '0.0.0.0' || text === '::')
      report(at('dns', i), `${text} is not the address of a server`, 'e.g. 9.9.9.9')
    else address(at('dns', i), text)
  })
  address(at('host-gateway-ip'), config['host-gateway-ip'])
  address(at('ip'), config.ip)
  config['dns-search']?.forEach((text, i) => {
    if (text !== '.' && !(domain.test(text) && /[a-zA-Z]/.test(text)))
      report(at('dns-search', i), `"${text}" is not a domain`, 'e.g. example.com')
  })
}

function checkBuilder({ builder }: DaemonConfig, report: Report): void {
  const keep = builder?.gc?.defaultKeepStorage
  if (keep !== undefined && keep !== '' && !isSize(keep))
    report(at('builder', 'gc', 'defaultKeepStorage'), `"${keep}" is not a size`, 'e.g. 10GB')
  builder?.gc?.policy?.forEach(({ keepStorage, filter }, i) => {
    const path = at('builder', 'gc', 'policy', i)
    if (keepStorage === undefined || keepStorage === '')
      report(path, 'a rule of garbage collection needs keepStorage', 'e.g. keepStorage: 5GB')
    else if (!isSize(keepStorage))
      report([...path, 'keepStorage'], `"${keepStorage}" is not a size`, 'e.g. 5GB')
    filter?.forEach((text, j) => {
      const problem = filterProblem(text)
      if (problem !== undefined) report([...path, 'filter', j], problem, 'e.g. unused-for=48h')
    })
  })
  const age = builder?.history?.maxAge
  if (age !== undefined && durationSeconds(age) === undefined)
    report(at('builder', 'history', 'maxAge'), `"${age}" is not a duration`, 'e.g. 48h')
}

/** Fields of a cache record, and `unused-for`, which is a duration or a time. */
const filterFields = [
  'id',
  'parents',
  'description',
  'inuse',
  'mutable',
  'immutable',
  'type',
  'shared',
  'private',
]

function filterProblem(text: string): string | undefined {
  const [, field = '', value] = /^([a-z-]+)(?:(?:==|!=|~=|=)(.*))?$/.exec(text) ?? []
  if (field === 'unused-for' || field === 'until') {
    const isTime =
      value !== undefined && (durationSeconds(value) !== undefined || !Number.isNaN(Date.parse(value)))
    return isTime ? undefined : `"${value ?? ''}" is neither a duration nor a time`
  }
  return filterFields.includes(field) ? undefined : `cache records have no field "${field || text}"`
}

const cgroupDriver = 'native.cgroupdriver'

function checkExecOptions(config: DaemonConfig, report: Report): void {
  config['exec-opts']?.forEach((option, i) => {
    const [name = '', value] = option.split('=', 2).map((text) => text.trim())
    if (name.toLowerCase() !== cgroupDriver)
      report(at('exec-opts', i), `the engine ignores "${name}"`, `the one option is ${cgroupDriver}`)
    else if (value !== 'cgroupfs' && value !== 'systemd')
      report(at('exec-opts', i), `there is no cgroup driver "${value}"`, `use ${cgroupDriver}=cgroupfs`)
  })
}

const [leastControlMtu, mostControlMtu] = [500, 65_535]
/** dockerd computes in signed 64-bit nanoseconds. */
const mostSeconds = Math.floor(2 ** 63 / 1e9)

function checkLimits(config: DaemonConfig, report: Report): void {
  const shm = config['default-shm-size']
  if (shm !== undefined && !isSize(shm)) report(at('default-shm-size'), `"${shm}" is too large`, 'e.g. 64M')
  const timeout = config['shutdown-timeout'] ?? 0
  if (timeout > mostSeconds)
    report(at('shutdown-timeout'), `${timeout} is not at most ${mostSeconds} seconds`, 'e.g. 15')
  const mtu = config['network-control-plane-mtu']
  if (mtu !== undefined && mtu !== 0 && (mtu < leastControlMtu || mtu > mostControlMtu))
    report(
      at('network-control-plane-mtu'),
      `${mtu} is not between ${leastControlMtu} and ${mostControlMtu}`,
      'e.g. 1500',
    )
  config['authorization-plugins']?.forEach((name, i) => {
    if (name === '')
      report(at('authorization-plugins', i), 'a plugin needs a name', 'write its name, or leave it out')
  })
  for (const key of ['http-proxy', 'https-proxy'] as const) {
    const url = config.proxies?.[key]
    if (url !== undefined && url !== '' && !proxy.test(url))
      report(at('proxies', key), 'this is not a proxy URL', 'http://HOST:PORT')
  }
}

/** As Go reads it, with or without a scheme. */
const proxy =
  /^(?:(?:https?|socks5h?):\/\/)?(?:[^\s/@]+@)?(?:[^\s/:@[\]]+|\[[0-9a-fA-F:.]+\])(?::(?:[0-5]?\d{1,4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?\/?$/

/** A resource is either a count or a set of names. */
function checkResources(config: DaemonConfig, report: Report): void {
  const kinds = new Map<string, boolean>()
  config['node-generic-resources']?.forEach((text, i) => {
    const [name = '', value = '', more] = text.split('=')
    const isCount = /^\d+$/.test(value)
    if (more !== undefined || /^-\d/.test(value))
      report(
        at('node-generic-resources', i),
        `"${text}" is not NAME=VALUE or NAME=COUNT`,
        'e.g. GPU=UUID1 or SSD=3',
      )
    else if (kinds.has(name) && (isCount || kinds.get(name) === true))
      report(at('node-generic-resources', i), `${name} has a count beside another value`, 'keep one of them')
    kinds.set(name, isCount)
  })
}
