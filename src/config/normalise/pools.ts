/** Checks that the VM's network, the address pools and the default bridge do not overlap. */
import { contains, overlap, parseIPv4, parseSubnet, type Subnet } from '../addresses.ts'
import { checkUsable, ipv6Network } from '../daemon/bridge.ts'
import type { DesktopFile } from '../generated/types.ts'
import { overlap6 } from '../ipv6-network.ts'
import type { Path } from '../read/source.ts'
import type { Report } from './report.ts'

type RawEngine = NonNullable<DesktopFile['engine']>

interface Range {
  what: string
  subnet: Subnet
}

export function checkPools(
  engine: RawEngine,
  subnetText: string,
  subnet6: string | undefined,
  report: Report,
): void {
  const taken: Range[] = []
  const take = (text: string, subnet: Subnet | undefined, path: Path, what: string): void => {
    if (subnet === undefined) return
    const other = taken.find((range) => overlap(range.subnet, subnet))
    if (other !== undefined) report(path, `${text} overlaps ${other.what}`, 'use another network')
    taken.push({ what, subnet })
  }
  take(subnetText, parseSubnet(subnetText), ['network', 'subnet'], `network.subnet ${subnetText}`)
  const { bip } = engine.config ?? {}
  const fixed = engine.config?.['fixed-cidr']
  const fixedPath = ['engine', 'config', 'fixed-cidr']
  if (bip !== undefined) {
    const path = ['engine', 'config', 'bip']
    const network = bridgeNetwork(bip, report)
    take(bip, network, path, `engine.config.bip ${bip}`)
    checkUsable(bip, network, path, report)
    checkFixed(fixed, bip, report)
  } else if (fixed !== undefined) {
    // Then it is the network of the bridge.
    const network = parseSubnet(fixed)
    if (network === undefined) report(fixedPath, `"${fixed}" is not an IPv4 network`, 'e.g. 172.17.8.0/21')
    take(fixed, network, fixedPath, `engine.config.fixed-cidr ${fixed}`)
    checkUsable(fixed, network, fixedPath, report)
  }
  checkFixed6(engine.config?.['fixed-cidr-v6'], subnet6, report)
  for (const place of [['addressPools'], ['config', 'default-address-pools']] as const) {
    const pools = place.length === 1 ? engine.addressPools : engine.config?.['default-address-pools']
    pools?.forEach(({ base, size }, i) => {
      const path: Path = ['engine', ...place, i]
      const network = poolNetwork(base, size, path, report)
      take(base, network, [...path, 'base'], base)
      checkUsable(base, network, [...path, 'base'], report)
    })
  }
}

function bridgeNetwork(bip: string, report: Report): Subnet | undefined {
  const path = ['engine', 'config', 'bip']
  const subnet = parseSubnet(bip)
  const address = parseIPv4(bip.split('/')[0] ?? '')
  if (subnet === undefined || address === undefined) {
    report(path, `"${bip}" is not an address with a prefix length`, 'e.g. 172.17.0.1/16')
  } else if (address === subnet.base || address === subnet.base + subnet.size - 1) {
    report(
      path,
      `${bip} is the network itself`,
      'use the address of the bridge, e.g. the first in the network',
    )
  }
  return subnet
}

function checkFixed(fixed: string | undefined, bip: string, report: Report): void {
  const subnet = parseSubnet(bip)
  const inner = fixed === undefined ? undefined : parseSubnet(fixed)
  if (fixed === undefined || subnet === undefined) return
  const path = ['engine', 'config', 'fixed-cidr']
  if (inner === undefined) report(path, `"${fixed}" is not an IPv4 network`, 'e.g. 172.17.8.0/21')
  else if (!contains(subnet, inner.base) || inner.size > subnet.size)
    report(path, `${fixed} is not in ${bip}`, 'use a part of the network of bip')
  else if (inner.size === 1 && inner.base === parseIPv4(bip.split('/')[0] ?? ''))
    report(path, `${fixed} is the bridge itself, which leaves no address`, 'use a network')
}

function checkFixed6(fixed: string | undefined, subnet6: string | undefined, report: Report): void {
  if (fixed === undefined || subnet6 === undefined || ipv6Network(fixed) === undefined) return
  if (overlap6(fixed, subnet6))
    report(
      ['engine', 'config', 'fixed-cidr-v6'],
      `${fixed} overlaps network.subnet6 ${subnet6}`,
      'use another network',
    )
}

function poolNetwork(base: string, size: number, path: Path, report: Report): Subnet | undefined {
  const subnet = parseSubnet(base)
  if (subnet === undefined)
    report([...path, 'base'], `"${base}" is not an IPv4 network`, 'e.g. 172.18.0.0/16')
  else if (size < subnet.prefix)
    report(
      [...path, 'size'],
      `networks of /${size} do not fit into ${base}`,
      `use a size of ${subnet.prefix} or more`,
    )
  else if (size > 30)
    report([...path, 'size'], `a network of /${size} has no room for containers`, '/30 is the smallest')
  return subnet
}
