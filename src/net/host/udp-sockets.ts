/** Adapter: one unconnected host socket per UDP flow of a guest. */

import type { HostDatagram, UdpFlow } from '../udp/nat.ts'
import { icmpType, unreachable } from '../wire/icmp.ts'
import { type DatagramPort, openDatagramPort } from './datagram-port.ts'
import { option, setIpOption, takeIcmpError } from './icmp-errors.ts'
import { PeerName } from './peer-name.ts'
import type { Pump } from './pump.ts'

const anywhere = new PeerName()
anywhere.setIpv4(0, 0)

/** Below it a guest means that a datagram should not get far. */
const plainTtl = 63

export class UdpSocket implements HostDatagram {
  readonly #pump: Pump
  readonly #flow: UdpFlow
  readonly #port: DatagramPort
  readonly #to = new PeerName()
  readonly #from = { address: 0, port: 0 }
  #ttl = plainTtl

  /** Throws the system's error, as when there is no descriptor left. */
  constructor(pump: Pump, flow: UdpFlow) {
    this.#pump = pump
    this.#flow = flow
    const from = this.#from
    this.#port = openDatagramPort(pump, anywhere, {
      received: (bytes, start, end, name) => {
        from.address = name.ipv4
        from.port = name.port
        pump.stack.datagrams.received(flow, from, bytes, start, end)
      },
      failed: (errno, to) => this.#failed(errno, to),
    })
    setIpOption(this.#port.fd, option.receiveErrors, 1)
  }

  send(bytes: Uint8Array, start: number, end: number, address: number, port: number, ttl: number): void {
    this.#setTtl(Math.min(ttl, plainTtl))
    this.#to.setIpv4(address, port)
    this.#port.send(bytes, start, end, this.#to)
  }

  close(): void {
    this.#port[Symbol.dispose]()
  }

  /** A traceroute's datagrams go as far as it wants; others as far as the host's own. */
  #setTtl(ttl: number): void {
    if (ttl === this.#ttl) return
    this.#ttl = ttl
    this.#port.flush()
    setIpOption(this.#port.fd, option.ttl, ttl)
  }

  /**
   * What came by ICMP is passed on and the flow stays (RFC 4787 REQ-12), as it does when there is no way to one
   * of its destinations; any other error ends it.
   */
  #failed(errno: number, to: PeerName | undefined): void {
    const stack = this.#pump.begin()
    const flow = this.#flow
    let wasTold = errno === again
    for (
      let error = takeIcmpError(this.#port.fd);
      error !== undefined;
      error = takeIcmpError(this.#port.fd)
    ) {
      wasTold = true
      stack.datagrams.failed(flow, error)
    }
    const code = unreachableCodes[errno]
    if (to !== undefined && code !== undefined) {
      const said = { type: icmpType.unreachable, code, info: 0, source: stack.addresses.gateway }
      stack.datagrams.failed(flow, { ...said, destination: to.ipv4, destinationPort: to.port })
    } else if (!wasTold) stack.datagrams.nat.close(flow)
    this.#pump.end()
  }
}

const again = 11
/** EPERM, EACCES, ENETUNREACH, EHOSTUNREACH: what the host's own routes and filters say. */
const unreachableCodes: Readonly<Record<number, number>> = {
  1: unreachable.prohibited,
  13: unreachable.prohibited,
  101: unreachable.network,
  113: unreachable.host,
}
