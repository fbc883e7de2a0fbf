/** Collects all metrics (api/prometheus.ts prints them). */
import type { Metric } from './core/metric.ts'
import type { PortStatus } from './core/port-status.ts'
import type { LinkCounters } from './link/link.ts'
import type { Stack } from './stack.ts'

/** Counts outside the stack. */
export interface ServiceCounts {
  /** DNS queries to the gateway, by result. */
  dns: Readonly<Record<string, number>>
  /** DHCP leases, by state. */
  leases: readonly { state: string }[]
  /** Datagrams dropped because host buffers were full. */
  lostDatagrams: number
}

const linkCounters: readonly (readonly [name: string, help: string, counter: keyof LinkCounters])[] = [
  ['link_frames_received_total', 'Frames from guests', 'framesIn'],
  ['link_bytes_received_total', 'Bytes from guests', 'bytesIn'],
  ['link_frames_sent_total', 'Frames to guests', 'framesOut'],
  ['link_bytes_sent_total', 'Bytes to guests', 'bytesOut'],
  ['link_frames_lost_total', 'Frames dropped because the guest does not read', 'framesLost'],
]

export function metricsOf(stack: Stack, ports: readonly PortStatus[], services: ServiceCounts): Metric[] {
  const links = [...stack.links.links]
  return [
    gauge('links', 'Attached links', one(links.length)),
    ...linkCounters.map(([name, help, key]) =>
      counter(name, help, [
        ...links.map((link) => ({ labels: { link: String(link.id) }, value: link.counters[key] })),
        { labels: { link: 'gone' }, value: stack.links.gone[key] },
      ]),
    ),
    counter('dropped_total', 'Dropped frames', byReason({ ...stack.drops })),
    counter(
      'switch_frames_total',
      'Frames between guests, including dropped ones',
      byReason({ ...stack.links.counters }),
    ),
    counter(
      'fragments_total',
      'Fragmented datagrams from guests',
      byReason(sumOf({ ...stack.ipv4.fragments.counters }, { ...stack.ipv6?.fragments.counters })),
    ),
    gauge(
      'pings',
      'Pending pings to external hosts',
      one(stack.ipv4.pings.size + (stack.ipv6?.pings.size ?? 0)),
    ),
    counter('dns_queries_total', 'DNS queries to the gateway', byReason(services.dns)),
    gauge('dhcp_leases', 'DHCP leases by state', byState(services.leases)),
    gauge('tcp_flows', 'TCP connections', one(stack.tcp.size)),
    gauge('tcp_buffered_bytes', 'Unacknowledged bytes to guests', one(stack.tcp.bufferedBytes)),
    counter('tcp_events_total', 'Events of TCP connections', byReason({ ...stack.tcp.counters })),
    gauge('udp_flows', 'UDP flows', one([...stack.datagrams.nat.flows()].length)),
    counter('udp_events_total', 'Events of UDP flows', byReason({ ...stack.datagrams.nat.counters })),
    counter(
      'host_datagrams_lost_total',
      'Datagrams from guests dropped because host buffers were full',
      one(services.lostDatagrams),
    ),
    gauge('udp_clients', 'Clients of mapped UDP ports', one(stack.datagrams.inbound.size)),
    counter(
      'udp_client_events_total',
      'Events of clients of mapped UDP ports',
      byReason({ ...stack.datagrams.inbound.counters }),
    ),
    counter(
      'egress_rule_hits_total',
      'Decisions of each egress rule, at dns (names) or at send (connections, datagrams, pings)',
      stack.egress.view().flatMap(({ rule, sends, names }) => [
        { labels: { rule, at: 'send' }, value: sends },
        { labels: { rule, at: 'dns' }, value: names },
      ]),
    ),
    gauge('egress_learned_addresses', 'Addresses learned for names in rules', one(stack.egress.learned.size)),
    gauge('ports', 'Port mappings by state', byState(ports)),
  ]
}

function byState(things: readonly { state: string }[]): Metric['samples'] {
  return [...Map.groupBy(things, ({ state }) => state)].map(([state, { length }]) => ({
    labels: { state },
    value: length,
  }))
}

type Counts = Readonly<Record<string, number>>

function sumOf(a: Counts, b: Counts): Counts {
  return Object.fromEntries(Object.entries(a).map(([name, count]) => [name, count + (b[name] ?? 0)]))
}

const one = (value: number): Metric['samples'] => [{ value }]

/** `resetByGuest` becomes the label `reset_by_guest`. */
function byReason(counts: Readonly<Record<string, number>>): Metric['samples'] {
  return Object.entries(counts).map(([name, value]) => ({
    labels: { kind: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) },
    value,
  }))
}

function gauge(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, help, type: 'gauge', samples }
}

function counter(name: string, help: string, samples: Metric['samples']): Metric {
  return { name, help, type: 'counter', samples }
}
