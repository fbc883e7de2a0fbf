/** Status of a port mapping. */
import type { PortMapping } from '../../config/desired.ts'

/**
 * Origin of a mapping: the file, dockerd for a container, a listing of services and containers, or desktop itself
 * (docker.sock).
 */
export type PortOwner = 'config' | 'publish' | 'listed' | 'engine'

export interface PortStatus extends PortMapping {
  owner: PortOwner
  state: 'listening' | 'failed'
  /** Reason of the failure, with the owner of the port if known. */
  error?: string
  flows: number
}
