/** What became of a port mapping. */
import type { PortMapping } from '../../config/desired.ts'

/** Who asked for a mapping: the file, dockerd for a container, a listing of services and containers, or desktop itself (docker.sock). */
export type PortOwner = 'config' | 'publish' | 'listed' | 'engine'

export interface PortStatus extends PortMapping {
  owner: PortOwner
  state: 'listening' | 'failed'
  /** Why it does not listen, with the owner of the port where it can be known. */
  error?: string
  flows: number
}
