/** Address ranges of the file against those that the host uses: found before anything changes. */
import { contains, formatSubnet, overlap, parseIPv4, parseSubnet, type Subnet } from '../config/addresses.ts'
import type { Desired } from '../config/desired.ts'
import type { HostRoute } from '../host/routes.ts'
import type { Note } from './plan.ts'

/** Ranges that other VM tools take on a host; harmless until one of them runs too. */
const othersRanges: readonly { network: string; tool: string }[] = [
  { network: '192.168.5.0/24', tool: 'Lima' },
  { network: '192.168.64.0/24', tool: 'macOS virtual machines' },
  { network: '192.168.127.0/24', tool: 'gvproxy (Podman, CRC)' },
]

export function rangeNotes({ network, engine }: Desired, routes: readonly HostRoute[]): Note[] {
  const subnet = parseSubnet(network.subnet)
  if (subnet === undefined) return []
  const free = freeSubnet(routes)
  const hint = free === undefined ? {} : { hint: `use a free range, e.g. subnet: ${free}` }
  const clashes = routes.filter((route) => overlapsRoute(subnet, route))
  const notes = clashes.map(
    (route): Note => ({
      level: 'error',
      about: 'network.subnet',
      message: `${network.subnet} overlaps ${route.network}, which this host reaches by ${route.interface}`,
      ...hint,
    }),
  )
  for (const { network: range, tool } of othersRanges) {
    if (!overlapsRoute(subnet, { network: range })) continue
    const message = `${network.subnet} is the range of ${tool}`
    notes.push({ level: 'warning', about: 'network.subnet', message, ...hint })
  }
  const pools = engine.daemon['default-address-pools']
  for (const pool of Array.isArray(pools) ? pools : []) {
    const base = (pool as { base?: unknown } | null)?.base
    const range = typeof base === 'string' ? parseSubnet(base) : undefined
    for (const route of routes.filter((r) => range !== undefined && overlapsRoute(range, r))) {
      const message = `${base} overlaps ${route.network} (${route.interface}): containers cannot reach that network`
      notes.push({ level: 'warning', about: 'engine.addressPools', message })
    }
  }
  return notes
}

function overlapsRoute(subnet: Subnet, { network }: Pick<HostRoute, 'network'>): boolean {
  const route = parseSubnet(network)
  return route !== undefined && overlap(subnet, route)
}

/** The first /24 of 192.168.0.0/16 and then of 10.0.0.0/8 that nobody here uses. */
function freeSubnet(routes: readonly HostRoute[]): string | undefined {
  const taken = [...routes, ...othersRanges].flatMap(({ network }) => parseSubnet(network) ?? [])
  for (const [first, step, count] of [
    ['192.168.65.0', 256, 190],
    ['10.213.0.0', 256, 4096],
  ] as const) {
    const start = parseIPv4(first) ?? 0
    for (let i = 0; i < count; i += 1) {
      const candidate: Subnet = { base: start + i * step, prefix: 24, size: 256 }
      const used = taken.some((range) => overlap(range, candidate) || contains(candidate, range.base))
      if (!used) return formatSubnet(candidate)
    }
  }
  return undefined
}
