/** Adapter: one unconnected host socket per UDP flow of a guest. */
import { isIpv6 } from '../../core/address-table.ts'
import type { HostDatagram } from '../../core/host-datagram.ts'
import type { Stack } from '../../stack.ts'
import type { UdpFlow } from '../../udp/nat.ts'
import { icmpType, unreachable } from '../../wire/icmp.ts'
import { icmp6Type, unreachable6 } from '../../wire/icmp6.ts'
import type { EventLoop } from '../event-loop.ts'
import { type IpOptions, ipOptions, ipv6Options, setIpOption, takeIcmpError } from '../linux/icmp-errors.ts'
import { family, SocketAddress } from '../sockaddr.ts'
import { openUdpPort } from './open-port.ts'
import type { UdpPort } from './port.ts'

const anywhere = new SocketAddress()
anywhere.setIpv4(0, 0)
const anywhere6 = new SocketAddress()
anywhere6.setIpv6(0)

/** Lower TTLs are intentional, as from traceroute. */
const plainTtl = 63

export class UdpSocket implements HostDatagram {
  readonly #loop: EventLoop
  readonly #flow: UdpFlow
  readonly #port: UdpPort
  readonly #to = new SocketAddress()
  readonly #from = { address: 0, port: 0 }
  readonly #options: IpOptions
  #ttl = plainTtl

  /** Throws the system's error, for example without free file descriptors. */
  constructor(loop: EventLoop, flow: UdpFlow) {
    this.#loop = loop
    this.#flow = flow
    const from = this.#from
    const is6 = isIpv6(flow.neighbour.address)
    this.#options = is6 ? ipv6Options : ipOptions
    this.#port = openUdpPort(loop, is6 ? anywhere6 : anywhere, {
      received: (bytes, start, end, name) => {
        from.address = addressOf(loop.stack, name)
        if (is6 && !isIpv6(from.address)) return
        from.port = name.port
        loop.stack.datagrams.received(flow, from, bytes, start, end)
      },
      failed: (errno, to) => this.#failed(errno, to),
    })
    setIpOption(this.#port.fd, this.#options.level, this.#options.receiveErrors, 1)
  }

  send(bytes: Uint8Array, start: number, end: number, address: number, port: number, ttl: number): void {
    this.#setTtl(Math.min(ttl, plainTtl))
    if (this.#options === ipOptions) this.#to.setIpv4(address, port)
    else {
      this.#to.setIpv6(port)
      this.#loop.stack.ipv6?.table.write(address, this.#to.view, SocketAddress.ipv6At)
    }
    this.#port.send(bytes, start, end, this.#to)
  }

  close(): void {
    this.#port[Symbol.dispose]()
  }

  /** Traceroute datagrams keep their TTL; others use the host's default. */
  #setTtl(ttl: number): void {
    if (ttl === this.#ttl) return
    this.#ttl = ttl
    this.#port.flush()
    setIpOption(this.#port.fd, this.#options.level, this.#options.ttl, ttl)
  }

  /**
   * ICMP errors are forwarded and the flow continues (RFC 4787 REQ-12), as it does if a destination is
   * unreachable. Any other error closes the flow.
   */
  #failed(errno: number, to: SocketAddress | undefined): void {
    const stack = this.#loop.begin()
    const flow = this.#flow
    let isReported = errno === again
    for (
      let error = takeIcmpError(this.#port.fd);
      error !== undefined;
      error = takeIcmpError(this.#port.fd)
    ) {
      isReported = true
      const source = stack.addressOfBytes(error.source)
      const destination = stack.addressOfBytes(error.destination)
      stack.datagrams.failed(flow, { ...error, source, destination })
    }
    const code = unreachableCodes[errno]
    if (to !== undefined && code !== undefined) {
      const is6 = to.family === family.inet6
      const error = {
        type: is6 ? icmp6Type.unreachable : icmpType.unreachable,
        code: is6 ? code.ipv6 : code.ipv4,
        info: 0,
        source: stack.gatewayFor(flow.neighbour.address),
      }
      stack.datagrams.failed(flow, { ...error, destination: addressOf(stack, to), destinationPort: to.port })
    } else if (!isReported) stack.datagrams.nat.close(flow)
    this.#loop.end()
  }
}

/** For a host without IPv6: reports to the guest that there is no route, for each datagram. */
export function noSuchFamily(loop: EventLoop, flow: UdpFlow): HostDatagram {
  return {
    send(_bytes, _start, _end, destination, destinationPort) {
      const { stack } = loop
      const source = stack.gatewayFor(flow.neighbour.address)
      const error = { type: icmp6Type.unreachable, code: unreachable6.noRoute, info: 0 }
      stack.datagrams.failed(flow, { ...error, source, destination, destinationPort })
    },
    close: () => {},
  }
}

const again = 11
/** EPERM, EACCES, ENETUNREACH, EHOSTUNREACH: errors of the host's own routes and filters. */
const unreachableCodes: Readonly<Record<number, { ipv4: number; ipv6: number }>> = {
  1: { ipv4: unreachable.prohibited, ipv6: unreachable6.prohibited },
  13: { ipv4: unreachable.prohibited, ipv6: unreachable6.prohibited },
  101: { ipv4: unreachable.network, ipv6: unreachable6.noRoute },
  113: { ipv4: unreachable.host, ipv6: unreachable6.address },
}

/** The stack's form of the address; 0 for an IPv4 sender on an IPv6 socket. */
function addressOf({ ipv6 }: Stack, name: SocketAddress): number {
  if (name.family === family.inet) return name.ipv4
  const at = SocketAddress.ipv6At
  const isMapped = name.view.getInt32(at) === 0 && name.view.getInt32(at + 8) === 0xffff
  return isMapped ? 0 : (ipv6?.table.intern(name.view, at) ?? 0)
}
