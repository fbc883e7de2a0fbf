/**
 * Schema-valid values of daemon.json that prevent dockerd 26.1 from starting, or that it silently ignores. Each rule
 * was verified with dockerd (docs/decisions/0211-what-dockerd-does-not-start-with.md).
 */
import { isIPv4, isIPv6 } from 'node:net'
import { contains, isIP, parseIPv4, parseSubnet } from '../addresses.ts'
import type { Report } from '../normalise/report.ts'
import type { Path } from '../read/source.ts'
import type { DaemonConfig } from './config.ts'
import { checkLogOptions } from './log-options.ts'
import { checkRuntimes } from './runtimes.ts'
import { isSize } from './size.ts'

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
  const seccomp = config['seccomp-profile']
  if (seccomp !== undefined && !/^(\/.*|builtin|unconfined|)$/.test(seccomp)) {
    const hint = 'use an absolute path in the guest, unconfined or builtin'
    report(at('seccomp-profile'), `there is no seccomp profile "${seccomp}"`, hint)
  }
  const metrics = config['metrics-addr']
  if (metrics !== undefined && metrics !== '' && !isHostAndPort(metrics))
    report(at('metrics-addr'), `"${metrics}" is not HOST:PORT`, 'e.g. 127.0.0.1:9323')
}

function isHostAndPort(text: string): boolean {
  const [, port] = /^(?:[^:[\]\s]+|\[[^[\]\s]+\]):(\d{1,5})$/.exec(text) ?? []
  return port !== undefined && isPort(port)
}

const isPort = (text: string): boolean => Number(text) <= 65_535

/** A domain label by dockerd's pattern, without underscores. */
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const domain = new RegExp(`^${label}(?:\\.${label})*\\.?$`)

function checkAddresses(config: DaemonConfig, report: Report): void {
  const address = (path: Path, text: string | undefined, fits = isIP, kind = 'an IP address'): void => {
    if (text !== undefined && text !== '' && !fits(text)) report(path, `"${text}" is not ${kind}`)
  }
  config.dns?.forEach((text, i) => {
    address(at('dns', i), text)
  })
  address(at('host-gateway-ip'), config['host-gateway-ip'])
  address(at('ip'), config.ip)
  address(at('default-gateway'), config['default-gateway'], isIPv4, 'an IPv4 address')
  address(at('default-gateway-v6'), config['default-gateway-v6'], isIPv6, 'an IPv6 address')
  config['dns-search']?.forEach((text, i) => {
    if (text !== '.' && !(domain.test(text) && /[a-zA-Z]/.test(text)))
      report(at('dns-search', i), `"${text}" is not a domain`)
  })
}

/** The kernel's limits for a bridge. 0 is dockerd's default. */
const [leastMtu, leastMtu6, mostMtu] = [68, 1280, 65_535]

function checkBridge(config: DaemonConfig, report: Report): void {
  const { bridge, mtu, bip, ipv6 } = config
  if (bridge !== undefined && !['', 'none', 'docker0'].includes(bridge)) {
    report(at('bridge'), `the guest has no bridge "${bridge}"`, 'use none, or leave it out and set bip')
  } else if (bridge !== undefined && bridge !== '' && bip !== undefined) {
    report(at('bridge'), 'bridge and bip exclude each other', 'keep one of the two', 'key')
  }
  const least = ipv6 === true ? leastMtu6 : leastMtu
  if (mtu !== undefined && mtu !== 0 && (mtu < least || mtu > mostMtu))
    report(at('mtu'), `${mtu} is not between ${least} and ${mostMtu}`)
  const fixed6 = config['fixed-cidr-v6']
  if (fixed6 !== undefined && !isNetwork(fixed6, isIPv6, 128))
    report(at('fixed-cidr-v6'), `"${fixed6}" is not an IPv6 network`, 'e.g. fd00:1::/64')
  const fixed = config['fixed-cidr']
  // With bip, dockerd checks fixed-cidr against it instead.
  if (fixed !== undefined && bip === undefined && !isNetwork(fixed, isIPv4, 32))
    report(at('fixed-cidr'), `"${fixed}" is not an IPv4 network`, 'e.g. 172.17.8.0/21')
  const [gateway, network] = [parseIPv4(config['default-gateway'] ?? ''), parseSubnet(bip ?? '')]
  if (gateway !== undefined && network !== undefined && !contains(network, gateway))
    report(at('default-gateway'), `${config['default-gateway']} is not in ${bip}`)
  if (ipv6 === true && fixed6 === undefined) {
    const hint = 'set fixed-cidr-v6, e.g. fd00:1::/64'
    report(at('ipv6'), 'IPv6 on the default bridge needs a network', hint, 'key')
  }
  if (config.iptables === false && config.icc === false) {
    const message = 'icc: false is done by iptables, which is off'
    report(at('icc'), message, 'leave out icc or iptables', 'key')
  }
  if (config.ip6tables === true && config.iptables === false)
    report(at('ip6tables'), 'ip6tables needs iptables, which is off', 'leave out one of the two', 'key')
}

function isNetwork(text: string, fits: (address: string) => boolean, bits: number): boolean {
  const [, address = '', prefix = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  return fits(address) && Number(prefix) <= bits
}

/** Go's time.ParseDuration. */
const duration = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|ms|s|m|h))+)$/

function checkBuilder({ builder }: DaemonConfig, report: Report): void {
  const keep = builder?.gc?.defaultKeepStorage
  if (keep !== undefined && keep !== '' && !isSize(keep))
    report(at('builder', 'gc', 'defaultKeepStorage'), `"${keep}" is not a size`, 'e.g. 10GB')
  builder?.gc?.policy?.forEach(({ keepStorage }, i) => {
    if (keepStorage !== undefined && !isSize(keepStorage)) {
      const path = at('builder', 'gc', 'policy', i, 'keepStorage')
      report(path, `"${keepStorage}" is not a size, and the engine would ignore it`, 'e.g. 5GB')
    }
  })
  const age = builder?.history?.maxAge
  if (age !== undefined && !duration.test(age))
    report(at('builder', 'history', 'maxAge'), `"${age}" is not a duration`, 'e.g. 48h')
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

function checkRegistries(config: DaemonConfig, report: Report): void {
  config['insecure-registries']?.forEach((text, i) => {
    const [, prefix] = /\/(\d+)$/.exec(text) ?? []
    const [, port] = /:(\d+)$/.exec(text) ?? []
    const isWrong =
      prefix === undefined
        ? port !== undefined && !isIPv6(text) && !isPort(port)
        : !isNetwork(text, isIPv4, 32) && !isNetwork(text, isIPv6, 128)
    if (isWrong) report(at('insecure-registries', i), `"${text}" is not HOST, HOST:PORT or a network`)
  })
  config['allow-nondistributable-artifacts']?.forEach((text, i) => {
    if (!text.includes('://')) return
    const path = at('allow-nondistributable-artifacts', i)
    report(path, `"${text}" is a URL`, 'write the registry as HOST or HOST:PORT')
  })
}

/** A resource is either a count or a set of names. */
function checkResources(config: DaemonConfig, report: Report): void {
  const kinds = new Map<string, boolean>()
  config['node-generic-resources']?.forEach((text, i) => {
    const [name = '', value = ''] = text.split('=', 2)
    const isCount = /^\d+$/.test(value)
    if (kinds.has(name) && (isCount || kinds.get(name) === true))
      report(at('node-generic-resources', i), `${name} has a count beside another value`, 'keep one of them')
    kinds.set(name, isCount)
  })
}
