/** network.*: the subnet and its addresses. */
import {
  contains,
  formatIPv4,
  formatSubnet,
  isUsable,
  parseIPv4,
  parseSubnet,
  type Subnet,
} from '../addresses.ts'
import type { Ipv6Settings, NetworkSettings } from '../desired.ts'
import type { DesktopFile } from '../generated/types.ts'
import { minIpv6Mtu } from '../ipv6-mtu.ts'
import { defaultSubnet6, ipv6Settings, subnet6Problem } from '../ipv6-network.ts'
import type { Path } from '../read/source.ts'
import type { Report } from './report.ts'

type RawNetwork = NonNullable<DesktopFile['network']>

/** Largest MTU that fits a TCP segment in one IPv4 packet; large packets make the link fast. */
export const autoMtu = 65_520
const defaultSubnet = '192.168.65.0/24'

export function networkSettings(raw: RawNetwork, report: Report): NetworkSettings {
  const text = raw.subnet ?? defaultSubnet
  const subnet = parseSubnet(text)
  if (subnet === undefined) {
    report(
      ['network', 'subnet'],
      `"${text}" is not an IPv4 network`,
      'write it in CIDR form, e.g. 192.168.65.0/24',
    )
    return networkSettings({ ...raw, subnet: defaultSubnet }, () => {})
  }
  if (formatSubnet(subnet) !== text) {
    report(['network', 'subnet'], `${text} has host bits set`, `did you mean ${formatSubnet(subnet)}?`)
  }
  if (!isUsable(subnet)) {
    report(
      ['network', 'subnet'],
      `${text} is not a range for hosts`,
      'use a private range, e.g. 192.168.65.0/24',
    )
  }
  if (subnet.prefix < 8 || subnet.prefix > 28) {
    const size = subnet.prefix > 28 ? 'small' : 'large'
    report(['network', 'subnet'], `a /${subnet.prefix} network is too ${size}`, 'use a prefix from /8 to /28')
    // Its addresses would only repeat the error.
    return networkSettings({ ...raw, subnet: defaultSubnet }, () => {})
  }
  const address = (key: 'gateway' | 'address' | 'host', offset: number): string =>
    raw[key] ?? formatIPv4(subnet.base + offset)
  const settings: NetworkSettings = {
    subnet: text,
    gateway: address('gateway', 1),
    address: address('address', 3),
    host: address('host', subnet.size - 2),
    mtu: raw.mtu === undefined || raw.mtu === 'auto' ? autoMtu : raw.mtu,
    ...((raw.ipv6 ?? raw.subnet6 !== undefined) ? { ipv6: ipv6Of(raw, text, report) } : {}),
  }
  checkAddresses(settings, subnet, report)
  return settings
}

function ipv6Of({ subnet6, mtu }: RawNetwork, subnet: string, report: Report): Ipv6Settings {
  if (typeof mtu === 'number' && mtu < minIpv6Mtu) {
    report(['network', 'mtu'], `an MTU of ${mtu} is too small for IPv6`, `use ${minIpv6Mtu} or more`)
  }
  const fallback = defaultSubnet6(subnet)
  const wrong = subnet6 === undefined ? undefined : subnet6Problem(subnet6)
  if (wrong !== undefined) report(['network', 'subnet6'], wrong.problem, wrong.hint)
  return ipv6Settings(wrong === undefined ? (subnet6 ?? fallback) : fallback)
}

function checkAddresses(settings: NetworkSettings, subnet: Subnet, report: Report): void {
  const seen = new Map<string, string>()
  for (const key of ['gateway', 'address', 'host'] as const) {
    const path: Path = ['network', key]
    const value = parseIPv4(settings[key])
    const twin = seen.get(settings[key])
    if (value === undefined) report(path, `"${settings[key]}" is not an IPv4 address`, 'e.g. 192.168.65.1')
    else if (!contains(subnet, value))
      report(path, `${settings[key]} is not in ${settings.subnet}`, 'use an address in network.subnet')
    else if (value === subnet.base)
      report(path, `${settings[key]} is the network's own address`, 'use a later address')
    else if (value === subnet.base + subnet.size - 1)
      report(path, `${settings[key]} is the broadcast address`, 'use an earlier address')
    else if (twin !== undefined)
      report(path, `${settings[key]} is already the ${twin}`, 'use another address')
    seen.set(settings[key], key)
  }
}
