/**
 * Path MTU of IPv6 datagrams, which routers do not fragment (RFC 8201). It is stored per neighbour, and the
 * forwarder fragments accordingly. TCP tracks it per connection.
 */
import { minIpv6Mtu } from '../../config/ipv6-mtu.ts'
import { type Neighbour, widestPath } from '../core/neighbours.ts'

/** RFC 8201 section 4: retry a larger size after ten minutes. */
const lifetimeMs = 600_000

export class PathMtus {
  /** When each report expires, in milliseconds; oldest first. */
  readonly #expiries = new Map<Neighbour, number>()

  /** A router behind the guest reports that only packets of `mtu` bytes fit. */
  narrow(neighbour: Neighbour, mtu: number, nowMs: number): void {
    neighbour.pathMtu = Math.min(neighbour.pathMtu, Math.max(mtu, minIpv6Mtu))
    this.#expiries.delete(neighbour)
    this.#expiries.set(neighbour, nowMs + lifetimeMs)
  }

  expire(nowMs: number): void {
    for (const [neighbour, expiryMs] of this.#expiries) {
      if (nowMs < expiryMs) return
      neighbour.pathMtu = widestPath
      this.#expiries.delete(neighbour)
    }
  }
}
