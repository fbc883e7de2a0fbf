/** The forwarder as its HTTP API sees it. */
import type { Duplex } from 'node:stream'
import type { PortMapping } from '../../config/desired.ts'
import type { Metric } from '../core/metric.ts'
import type { LocalZone } from '../services/dns/zones.ts'

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
  /** Takes over a stream of frames behind u16 little-endian lengths (link/link.ts). */
  attach(link: Duplex): void
}
