/** Applies egress rules to dials: connections that are denied, or allowed by name only. */
import type { DropCounters } from './core/counters.ts'
import type { HostStream } from './core/host-stream.ts'
import type { Egress } from './egress/egress.ts'
import { NamedStream } from './egress/named-stream.ts'
import type { IpFamily } from './ip/family.ts'
import type { StackHost } from './stack-host.ts'
import type { TcpConnection } from './tcp/connection.ts'
import type { TcpEngine } from './tcp/engine.ts'
import { protocol } from './wire/ipv4.ts'

interface Surroundings {
  readonly host: StackHost
  readonly egress: Egress
  readonly drops: DropCounters
  readonly tcp: TcpEngine
  readonly nowMs: number
  family(address: number): IpFamily
}

export class DialGuard {
  readonly #around: Surroundings
  /** Connections whose first bytes named a denied server. */
  readonly #refused: TcpConnection[] = []

  constructor(around: Surroundings) {
    this.#around = around
  }

  /** Undefined: refused by the rules, or nothing is at that address and port. */
  dial(c: TcpConnection): HostStream | undefined {
    const { egress, host, drops, nowMs } = this.#around
    const isJudged = egress.isActive && !this.#around.family(c.address).isGateway(c.address)
    if (!isJudged) return host.dialTcp(c)
    if (egress.allows(protocol.tcp, c.address, c.port, nowMs, c.guestAddress)) {
      const isByName = egress.isByName
      const stream = host.dialTcp(c)
      return isByName && stream !== undefined ? this.#named(c, stream) : stream
    }
    drops.denied += 1
    if (egress.isTraced) this.#around.tcp.acknowledgeSyn(c)
    return undefined
  }

  /** Call after a burst: during a burst, the engine still uses the connections. */
  resetRefused(): void {
    if (this.#refused.length === 0) return
    const { tcp } = this.#around
    for (const c of this.#refused.splice(0)) tcp.hostReset(c)
    tcp.endBurst()
  }

  /** Holds the data until the guest has sent the server name. */
  #named(c: TcpConnection, stream: HostStream): HostStream {
    const around = this.#around
    const { egress } = around
    const flow = { address: c.address, port: c.port, guest: c.guestAddress }
    return new NamedStream(stream, {
      port: c.port,
      allows: (names, isHidden) => egress.allowsServer(flow, names, isHidden, around.nowMs),
      refuses: (reason) => egress.refusesServer(flow, reason, around.nowMs),
      decided: (behind) => {
        c.host = behind
      },
      refused: () => {
        around.drops.denied += 1
        this.#refused.push(c)
      },
    })
  }
}
