/** Conflicts between address ranges of the file and networks of the host, found before anything changes. */
import { formatSubnet, isPublic, overlap, parseIPv4, parseSubnet, type Subnet } from '../config/addresses.ts'
import type { Desired } from '../config/desired.ts'
import { defaultSubnet6, overlap6 } from '../config/ipv6-network.ts'
import type { HostRoute } from '../host/routes.ts'
import type { Note } from './plan.ts'

/** Ranges used by other VM tools. */
const othersRanges: readonly { network: string; tool: string }[] = [
  { network: '192.168.5.0/24', tool: 'Lima' },
  { network: '192.168.64.0/24', tool: 'macOS virtual machines' },
  { network: '192.168.127.0/24', tool: 'gvproxy (Podman, CRC)' },
]

/** A range in the file. */
interface Range {
  about: string
  /** As written; for a bridge, its address. */
  text: string
  subnet: Subnet
  /** Formats the range for another network. */
  written: (free: Subnet) => string
}

export function rangeNotes(desired: Desired, routes: readonly HostRoute[]): Note[] {
  const ranges = rangesOf(desired)
  const taken = [...routes, ...othersRanges].flatMap(({ network }) => parseSubnet(network) ?? [])
  const all = [...taken, ...ranges.map(({ subnet }) => subnet)]
  return [
    ...ranges.flatMap((range) => clashes(range, routes, all)),
    ...clashes6(desired, routes),
    ...defaultBridge(desired, routes),
  ]
}

function rangesOf({ network, engine }: Desired): Range[] {
  const { bip, 'default-address-pools': pools } = engine.daemon
  const range = (about: string, text: unknown, written: Range['written']): Range[] => {
    const subnet = typeof text === 'string' ? parseSubnet(text) : undefined
    return subnet === undefined ? [] : [{ about, text: String(text), subnet, written }]
  }
  return [
    ...range('network.subnet', network.subnet, (free) => `subnet: ${formatSubnet(free)}`),
    ...range('engine.config.bip', bip, (free) => `bip: ${bridgeIn(free)}`),
    ...(Array.isArray(pools) ? pools : []).flatMap((pool) =>
      range(
        'engine.addressPools',
        (pool as { base?: unknown } | null)?.base,
        (free) => `base: ${formatSubnet(free)}`,
      ),
    ),
  ]
}

/** The first address of a network, with its prefix length. */
const bridgeIn = (free: Subnet): string => {
  const [first] = formatSubnet({ ...free, base: free.base + 1 }).split('/')
  return `${first}/${free.prefix}`
}

function clashes(range: Range, routes: readonly HostRoute[], taken: readonly Subnet[]): Note[] {
  const { about, text, subnet, written } = range
  const free = freeNetwork(subnet.prefix, taken)
  const hint = free === undefined ? {} : { hint: `use a free range, e.g. ${written(free)}` }
  // If every private range is routed elsewhere, there is no better choice, and only these addresses become unreachable.
  const level = free === undefined ? 'warning' : 'error'
  const error = (message: string): Note => ({ level, about, message, ...hint })
  const hidden = `${text} is a public network; the VM cannot reach its hosts on the internet`
  return [
    ...(isPublic(subnet) ? [{ ...error(hidden), level: 'warning' } as const] : []),
    ...routes
      .filter((route) => overlapsNetwork(subnet, route.network))
      .map((route) =>
        error(`${text} overlaps ${route.network}, which this host routes through ${route.interface}`),
      ),
    ...othersRanges
      .filter(({ network }) => overlapsNetwork(subnet, network))
      .map(({ tool }) => error(`${text} is used by ${tool}`)),
  ]
}

function clashes6({ network }: Desired, routes: readonly HostRoute[]): Note[] {
  const own = network.ipv6?.subnet
  if (own === undefined) return []
  const taken = routes.filter((route) => route.network.includes(':'))
  const clashing = taken.filter((route) => overlap6(own, route.network))
  const free = Array.from({ length: 16 }, (_, i) => defaultSubnet6(`${network.subnet} ${i}`)).find(
    (candidate) => !taken.some((route) => overlap6(candidate, route.network)),
  )
  return clashing.map((route) => ({
    level: 'error',
    about: 'network.subnet6',
    message: `${own} overlaps ${route.network}, which this host routes through ${route.interface}`,
    ...(free === undefined ? {} : { hint: `use a free range, e.g. subnet6: ${free}` }),
  }))
}

function overlapsNetwork(subnet: Subnet, network: string): boolean {
  const other = parseSubnet(network)
  return other !== undefined && overlap(subnet, other)
}

/** dockerd's default for docker0; dockerd cannot see the host's routes. */
const dockersBridge = '172.17.0.0/16'

/** A docker bridge on the host itself hides nothing that a container needs. */
function defaultBridge({ engine }: Desired, routes: readonly HostRoute[]): Note[] {
  const subnet = parseSubnet(dockersBridge)
  if (engine.daemon.bip !== undefined || engine.daemon.bridge !== undefined || subnet === undefined) return []
  return routes
    .filter((route) => !/^(docker|br-)/.test(route.interface) && overlapsNetwork(subnet, route.network))
    .map((route) => ({
      level: 'warning',
      about: 'engine.config.bip',
      message: `containers cannot reach ${route.network} (${route.interface}): docker0 is in ${dockersBridge}`,
      hint: 'set engine.config.bip to a free range',
    }))
}

/** Starting points of the search for a free range, each within a private range. */
const candidates: readonly { from: string; within: string }[] = [
  { from: '192.168.65.0', within: '192.168.0.0/16' },
  { from: '10.213.0.0', within: '10.0.0.0/8' },
  { from: '172.18.0.0', within: '172.16.0.0/12' },
]

function freeNetwork(prefix: number, taken: readonly Subnet[]): Subnet | undefined {
  const size = 2 ** (32 - prefix)
  for (const { from, within } of candidates) {
    const space = parseSubnet(within)
    const start = parseIPv4(from)
    if (space === undefined || start === undefined) continue
    const end = space.base + space.size
    let base = Math.ceil(start / size) * size
    while (base + size <= end) {
      const candidate: Subnet = { base, prefix, size }
      const hit = taken.find((range) => overlap(range, candidate))
      if (hit === undefined) return candidate
      // Skip past the conflict, so that a large range costs one step.
      base = Math.max(base + size, Math.ceil((hit.base + hit.size) / size) * size)
    }
  }
  return undefined
}
