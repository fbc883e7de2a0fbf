/** The default bridge and the options of new networks: values with which dockerd 26.1 does not start, or no container does. */
import { isIPv4, isIPv6 } from 'node:net'
import ipaddr from 'ipaddr.js'
import { contains, isIP, parseIPv4, parseSubnet, type Subnet } from '../addresses.ts'
import type { Report } from '../normalise/report.ts'
import type { Path } from '../read/source.ts'
import type { DaemonConfig } from './config.ts'

const at = (...path: (string | number)[]): Path => ['engine', 'config', ...path]

/** The kernel's limits for a bridge. 0 is dockerd's default. */
const [leastMtu, leastMtu6, mostMtu] = [68, 1280, 65_535]

export function checkBridge(config: DaemonConfig, report: Report): void {
  const { bridge, mtu, bip, ipv6 } = config
  if (bridge !== undefined && !['', 'none', 'docker0'].includes(bridge)) {
    report(at('bridge'), `the guest has no bridge "${bridge}"`, 'use none, or leave it out and set bip')
  } else if (bridge !== undefined && bridge !== '' && bip !== undefined) {
    report(at('bridge'), 'bridge and bip exclude each other', 'keep one of the two', 'key')
  }
  const least = ipv6 === true ? leastMtu6 : leastMtu
  if (mtu !== undefined && mtu !== 0 && (mtu < least || mtu > mostMtu))
    report(
      at('mtu'),
      `${mtu} is not between ${least} and ${mostMtu}`,
      'leave it out to use the MTU of the VM',
    )
  checkIpv6(config, report)
  checkGateways(config, report)
  if (config.iptables === false && config.icc === false) {
    const message = 'icc: false is done by iptables, which is off'
    report(at('icc'), message, 'leave out icc or iptables', 'key')
  }
  if (config.ip6tables === true && config.iptables === false)
    report(at('ip6tables'), 'ip6tables needs iptables, which is off', 'leave out one of the two', 'key')
  else if (config.ip6tables === true && config.experimental !== true)
    report(at('ip6tables'), 'ip6tables needs experimental: true', 'set experimental: true', 'key')
  checkOptions(config, report)
}

function checkIpv6({ ipv6, 'fixed-cidr-v6': fixed }: DaemonConfig, report: Report): void {
  if (ipv6 === true && fixed === undefined) {
    const hint = 'set fixed-cidr-v6, e.g. fd00:1::/64'
    report(at('ipv6'), 'IPv6 on the default bridge needs a network', hint, 'key')
  }
  if (fixed === undefined) return
  const refuse = (message: string): void => {
    report(at('fixed-cidr-v6'), message, 'e.g. fd00:1::/64')
  }
  const network = ipv6Network(fixed)
  if (network === undefined) {
    refuse(`"${fixed}" is not an IPv6 network`)
    return
  }
  const [address, prefix] = network
  // The router's anycast address, the bridge, and a container.
  if (prefix > 126) refuse(`a network of /${prefix} has no room for containers`)
  else if (!['unicast', 'uniqueLocal', 'linkLocal', 'reserved'].includes(address.range()))
    refuse(`${fixed} is not a network of hosts`)
}

export function ipv6Network(text: string): [ipaddr.IPv6, number] | undefined {
  return isIPv6(text.split('/')[0] ?? '') && ipaddr.IPv6.isValidCIDR(text) && !text.includes('%')
    ? ipaddr.IPv6.parseCIDR(text)
    : undefined
}

function checkGateways(config: DaemonConfig, report: Report): void {
  const { 'default-gateway': gateway, 'default-gateway-v6': gateway6, bip } = config
  if (gateway !== undefined && gateway !== '') {
    const path = at('default-gateway')
    const address = parseIPv4(gateway)
    const bridge = bridgeNetwork(config)
    if (address === undefined)
      report(path, `"${gateway}" is not an IPv4 address`, 'e.g. 172.17.0.254, in the network of bip')
    else if (bridge === undefined)
      report(path, 'the engine chooses the network of the default bridge', 'set bip to the network', 'key')
    else if (!contains(bridge.network, address))
      report(path, `${gateway} is not in ${bip ?? config['fixed-cidr']}`, 'use an address in that network')
    else if (address === bridge.own || isEnd(address, bridge.network))
      report(path, `${gateway} is the address of the bridge or of the network`, 'use another address')
  }
  if (gateway6 === undefined || gateway6 === '') return
  const [path, network] = [at('default-gateway-v6'), ipv6Network(config['fixed-cidr-v6'] ?? '')]
  if (!isIPv6(gateway6))
    report(path, `"${gateway6}" is not an IPv6 address`, 'e.g. fd00:1::ffff, in fixed-cidr-v6')
  else if (config.ipv6 !== true)
    report(path, 'the default bridge has no IPv6', 'set ipv6: true and fixed-cidr-v6', 'key')
  else if (network !== undefined && !ipaddr.IPv6.parse(gateway6).match(network))
    report(path, `${gateway6} is not in ${config['fixed-cidr-v6']}`, 'use an address in that network')
}

/** Undefined if the engine chooses among its address pools. */
function bridgeNetwork(config: DaemonConfig): { network: Subnet; own: number } | undefined {
  const { bip, 'fixed-cidr': fixed } = config
  const network = parseSubnet(bip ?? fixed ?? '')
  if (network === undefined) return undefined
  return { network, own: parseIPv4(bip?.split('/')[0] ?? '') ?? network.base + 1 }
}

const isEnd = (address: number, { base, size }: Subnet): boolean =>
  address === base || address === base + size - 1

/** Whether containers can have addresses of the network. Reports the reason if not. */
export function checkUsable(text: string, network: Subnet | undefined, path: Path, report: Report): void {
  const first = network === undefined ? undefined : Math.floor(network.base / 2 ** 24)
  if (first === 0 || first === 127 || (first ?? 0) >= 224)
    report(path, `${text} is not a network of hosts`, 'use a private network, e.g. 172.20.0.0/16')
}

/** Options of bridge networks, which fail the creation of each if wrong. */
const booleans = ['enable_icc', 'enable_ip_masquerade', 'inhibit_ipv4'].map(
  (name) => `com.docker.network.bridge.${name}`,
)
const addresses = ['com.docker.network.bridge.host_binding_ipv4', 'com.docker.network.host_ipv4']
const bridgeName = 'com.docker.network.bridge.name'
const mtuOption = 'com.docker.network.driver.mtu'
const prefixOption = 'com.docker.network.container_iface_prefix'
/** An interface name has 15 bytes (IFNAMSIZ), and the number of the interface is appended. */
const longestPrefix = 12

function checkOptions(config: DaemonConfig, report: Report): void {
  for (const [driver, options] of Object.entries(config['default-network-opts'] ?? {})) {
    for (const [name, value] of Object.entries(options)) {
      const problem = optionProblem(driver, name, value)
      if (problem !== undefined)
        report(
          at('default-network-opts', driver, name),
          problem,
          'correct the value, or leave the option out',
        )
    }
  }
}

function optionProblem(driver: string, name: string, value: string): string | undefined {
  const mtu = Number(value)
  if (name === mtuOption && !(/^\d+$/.test(value) && (mtu === 0 || (mtu >= leastMtu && mtu <= mostMtu))))
    return `"${value}" is not an MTU between ${leastMtu} and ${mostMtu}`
  if (driver !== 'bridge') return undefined
  if (booleans.includes(name) && !isBoolean(value)) return `"${value}" is not true or false`
  if (addresses.includes(name) && !(name.endsWith('host_ipv4') ? isIPv4(value) : isIP(value)))
    return `"${value}" is not an IP address`
  if (name === bridgeName) return 'two networks cannot have one bridge'
  if (name === prefixOption && value.length > longestPrefix)
    return `"${value}" is longer than ${longestPrefix} characters`
  return undefined
}

/** Go's strconv.ParseBool. */
export const isBoolean = (text: string): boolean =>
  /^(1|t|T|TRUE|true|True|0|f|F|FALSE|false|False)$/.test(text)
