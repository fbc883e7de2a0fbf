/** The host's side of the stack: sockets, listeners, gateway services and the clock. */
import { randomFillSync } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { DnsSettings, NetworkSettings } from '../../config/desired.ts'
import { systemCode } from '../../errors/system.ts'
import { isIpv6 } from '../core/address-table.ts'
import type { GatewayDatagram, HostDatagram } from '../core/host-datagram.ts'
import type { HostStream } from '../core/host-stream.ts'
import type { Egress } from '../egress/egress.ts'
import type { IpFamily } from '../ip/family.ts'
import type { Ipv6 } from '../ipv6/ipv6.ts'
import type { Stack } from '../stack.ts'
import type { StackHost } from '../stack-host.ts'
import type { TcpConnection } from '../tcp/connection.ts'
import type { UdpFlow } from '../udp/nat.ts'
import { clockMs, EventLoop } from './event-loop.ts'
import { GatewayServices } from './gateway/services.ts'
import { type PingHandlers, PingSocket, pingFamily } from './icmp/ping-socket.ts'
import { PortTable } from './ports/table.ts'
import { SocketAddress } from './sockaddr.ts'
import { GuestDialler } from './tcp/guest-dialler.ts'
import { tcpSockets } from './tcp/open-sockets.ts'
import { ipv4First, ipv6First, type TcpSockets } from './tcp/sockets.ts'
import { noSuchFamily, UdpSocket } from './udp/flow-socket.ts'

export class HostSide implements StackHost, AsyncDisposable {
  readonly services: GatewayServices
  readonly #random = new Int32Array(256)
  #randomAt = 0
  /** Address of the current dial. */
  readonly #name = new SocketAddress()
  loop!: EventLoop
  ports!: PortTable
  #tcp!: TcpSockets
  #dialler!: GuestDialler
  #pings!: PingSocket
  #pings6!: PingSocket

  constructor(network: NetworkSettings, dns: DnsSettings, egress: Egress) {
    this.services = new GatewayServices(network, dns, egress)
  }

  /** Completes the construction: stack and host side refer to each other. */
  start(stack: Stack): void {
    this.loop = new EventLoop(stack)
    this.services.loop = this.loop
    this.#pings = new PingSocket(
      pingFamily.ipv4,
      this.#pingHandlers(() => stack.ipv4),
      this.random32(),
    )
    this.#pings6 = new PingSocket(
      pingFamily.ipv6,
      this.#pingHandlers(() => stack.ipv6),
      this.random32(),
    )
    this.#dialler = new GuestDialler(this.loop, this.random32())
    this.#tcp = tcpSockets(this.loop)
    this.ports = new PortTable(this.loop, this.#tcp, this.#dialler)
  }

  dialTcp(connection: TcpConnection): HostStream | undefined {
    const { addresses, ipv6 } = this.loop.stack
    const { gateway, host } = addresses
    const { address, port } = connection
    if (isIpv6(address)) return ipv6 && this.#dialIpv6(connection, ipv6)
    if (address === gateway) return this.services.stream(connection)
    if (address === host) return this.#tcp.dialLoopbacks(connection, port, ipv4First)
    this.#name.setIpv4(address, port)
    return this.#tcp.dial(connection, this.#name)
  }

  #dialIpv6(connection: TcpConnection, ipv6: Ipv6): HostStream | undefined {
    const { address, port } = connection
    if (ipv6.isGateway(address)) return this.services.stream(connection)
    if (address === ipv6.own.host) return this.#tcp.dialLoopbacks(connection, port, ipv6First)
    this.#name.setIpv6(port)
    ipv6.table.write(address, this.#name.view, SocketAddress.ipv6At)
    return this.#tcp.dial(connection, this.#name)
  }

  openUdp(flow: UdpFlow): HostDatagram | undefined {
    try {
      return new UdpSocket(this.loop, flow)
    } catch (error) {
      return systemCode(error) === 'EAFNOSUPPORT' ? noSuchFamily(this.loop, flow) : undefined
    }
  }

  sendEcho(destination: number, ttl: number, sequence: number, payload: Uint8Array): boolean {
    const { stack } = this.loop
    if (isIpv6(destination)) {
      const bytes = stack.ipv6?.table.bytes(destination)
      return bytes !== undefined && this.#pings6.send(bytes, ttl, sequence, payload)
    }
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(destination)
    return this.#pings.send(bytes, ttl, sequence, payload)
  }

  serveUdp(datagram: GatewayDatagram): boolean {
    return this.services.datagram(datagram)
  }

  isTaken(address: number, macHigh: number, macLow: number): boolean {
    return this.services.dhcp.isTaken(address, macHigh, macLow)
  }

  #pingHandlers(family: () => IpFamily | undefined): PingHandlers {
    const { loop } = this
    return {
      replied: (sequence, payload) => {
        loop.run(() => family()?.echoReplied(sequence, payload))
      },
      failed: (sequence, error) => {
        loop.run((stack) => {
          const source = stack.addressOfBytes(error.source)
          family()?.echoFailed(sequence, { ...error, source })
        })
      },
      nextLookMs: () => {
        const pings = family()?.pings
        const nowMs = clockMs()
        pings?.expire(nowMs)
        if (pings === undefined || pings.size === 0) return undefined
        // Most replies arrive early; poll less often for late ones.
        return Math.min(50, 1 + Math.floor((nowMs - pings.newestMs) / 20))
      },
    }
  }

  clockMs(): number {
    return performance.now()
  }

  random32(): number {
    if (this.#randomAt === 0) randomFillSync(this.#random)
    const value = this.#random[this.#randomAt]!
    this.#randomAt = (this.#randomAt + 1) % this.#random.length
    return value
  }

  dial(address: string, port: number): Promise<Duplex> {
    return this.#dialler.dial({ address, port })
  }

  endFlows(): void {
    this.loop.run(({ tcp, datagrams }) => {
      tcp.abortAll(() => true)
      datagrams.nat.closeAll()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ports[Symbol.asyncDispose]()
    this.endFlows()
    this.loop.close()
    this.services[Symbol.dispose]()
    this.#pings[Symbol.dispose]()
    this.#pings6[Symbol.dispose]()
  }
}
