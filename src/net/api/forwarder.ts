/** Interface of the forwarder for its HTTP API. */
import type { Duplex } from 'node:stream'
import type { PortMapping } from '../../config/desired.ts'
import type { Metric } from '../core/metric.ts'
import type { LocalZone } from '../services/dns/zones.ts'

export interface ApiForwarder {
  ports(): readonly PortMapping[]
  /** Rejects if it cannot listen. */
  addPort(mapping: PortMapping): Promise<void>
  removePort(id: string): Promise<void>
  zones(): readonly LocalZone[]
  setZones(zones: readonly LocalZone[]): void
  leases(): readonly { address: string; mac: string }[]
  /** MAC → number of the link that it was last seen on. */
  cam(): ReadonlyMap<string, number>
  metrics(): readonly Metric[]
  /** Reason why no guest can have the address; undefined: valid. */
  problemOf(guest: PortMapping['guest']): string | undefined
  /** TCP connection to an address on the link; rejects on failure. */
  dial(address: string, port: number): Promise<Duplex>
  /** Attaches a stream of frames with u16 little-endian length prefixes (link/link.ts). */
  attach(link: Duplex): void
}
