/** The forwarder as its HTTP API sees it. */
import type { Duplex } from 'node:stream'
import type { PortMapping } from '../../config/desired.ts'
import type { LocalZone } from '../dns/zones.ts'

export interface ApiForwarder {
  ports(): readonly PortMapping[]
  /** Rejects when it cannot listen. */
  addPort(mapping: PortMapping): Promise<void>
  removePort(id: string): Promise<void>
  zones(): readonly LocalZone[]
  setZones(zones: readonly LocalZone[]): void
  leases(): readonly { address: string; mac: string }[]
  /** MAC → number of the link that it was last seen on. */
  cam(): ReadonlyMap<string, number>
  metrics(): readonly Metric[]
  /** Why no guest can be there; undefined: one can. */
  problemOf(guest: PortMapping['guest']): string | undefined
  /** A TCP connection to an address on the link; rejects when there is none. */
  dial(address: string, port: number): Promise<Duplex>
  /** Takes over a stream of frames behind u16 little-endian lengths (link/frames16.ts). */
  attach(link: Duplex): void
}

/** One counter or gauge with its samples, in Prometheus terms. */
export interface Metric {
  /** Without prefix, e.g. `tcp_flows`; counters end in `_total`. */
  name: string
  help: string
  type: 'counter' | 'gauge'
  samples: readonly { labels?: Readonly<Record<string, string>>; value: number }[]
}
