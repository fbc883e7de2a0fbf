/** Everything that is counted, as metrics (api/prometheus.ts writes them out). */
import type { Metric } from './core/metric.ts'
import type { PortStatus } from './core/port-status.ts'
import type { LinkCounters } from './link/link.ts'
import type { Stack } from './stack.ts'

/** What is counted beside the stack. */
export interface ServiceCounts {
  /** Questions at the gateway, by what became of them. */
  dns: Readonly<Record<string, number>>
  /** Of DHCP, by state. */
  leases: readonly { state: string }[]
  /** Datagrams for which the host had no room. */
  lostDatagrams: number
}

const linkCounters: readonly (readonly [name: string, help: string, counter: keyof LinkCounters])[] = [
  ['link_frames_received_total', 'Frames from guests', 'framesIn'],
  ['link_bytes_received_total', 'Bytes from guests', 'bytesIn'],
  ['link_frames_sent_total', 'Frames to guests', 'framesOut'],
  ['link_bytes_sent_total', 'Bytes to guests', 'bytesOut'],
  ['link_frames_lost_total', 'Frames for a guest that does not read', 'framesLost'],
]

export function metricsOf(stack: Stack, ports: readonly PortStatus[], services: ServiceCounts): Metric[] {
  const links = [...stack.links.links]
  return [
    gauge('links', 'Links that are attached', one(links.length)),
    ...linkCounters.map(([name, help, key]) =>
      counter(name, help, [
        ...links.map((link) => ({ labels: { link: String(link.id) }, value: link.counters[key] })),
        { labels: { link: 'gone' }, value: stack.links.gone[key] },
      ]),
    ),
    counter('dropped_total', 'Dropped frames', byReason({ ...stack.drops })),
    counter(
      'switch_frames_total',
      'Frames between guests, and those that were stopped',
      byReason({ ...stack.links.counters }),
    ),
    counter(
      'fragments_total',
      'Datagrams in fragments from guests',
      byReason(sumOf({ ...stack.ipv4.fragments.counters }, { ...stack.ipv6?.fragments.counters })),
    ),
    gauge(
      'pings',
      'Pings to the world that wait for an answer',
      one(stack.ipv4.pings.size + (stack.ipv6?.pings.size ?? 0)),
    ),
    counter('dns_queries_total', 'Questions at the gateway', byReason(services.dns)),
    gauge('dhcp_leases', 'DHCP leases by state', byState(services.leases)),
    gauge('tcp_flows', 'TCP connections', one(stack.tcp.size)),
    gauge('tcp_buffered_bytes', 'Bytes that guests have not acknowledged', one(stack.tcp.bufferedBytes)),
    counter('tcp_events_total', 'What happened to TCP connections', byReason({ ...stack.tcp.counters })),
    gauge('udp_flows', 'UDP flows', one([...stack.datagrams.nat.flows()].length)),
    counter('udp_events_total', 'What happened to UDP flows', byReason({ ...stack.datagrams.nat.counters })),
    counter(
      'host_datagrams_lost_total',
      'Datagrams from guests for which this host had no room',
      one(services.lostDatagrams),
    ),
    gauge('udp_clients', 'Clients of mapped UDP ports', one(stack.datagrams.inbound.size)),
    counter(
      'udp_client_events_total',
      'What happened to clients of mapped UDP ports',
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
    gauge(
      'egress_learned_addresses',
      'Addresses known to belong to a name of a rule',
      one(stack.egress.learned.size),
    ),
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
