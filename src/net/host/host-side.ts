/** Everything that the stack has on the host: sockets, listeners, services of the gateway, the clock. */
import { randomFillSync } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { DnsSettings, NetworkSettings } from '../../config/desired.ts'
import { loopback } from '../settings.ts'
import type { Stack } from '../stack.ts'
import type { GatewayDatagram, StackHost } from '../stack-host.ts'
import type { TcpConnection } from '../tcp/connection.ts'
import type { HostStream } from '../tcp/host-stream.ts'
import type { HostDatagram, UdpFlow } from '../udp/nat.ts'
import { formatIpv4, parseIpv4 } from '../wire/addresses.ts'
import { dnsPort, GatewayServices } from './gateway-services.ts'
import { GuestDialler } from './guest-dialler.ts'
import { GuestStream } from './guest-stream.ts'
import { type PingHandlers, PingSocket } from './ping-socket.ts'
import { PortTable } from './port-table.ts'
import { clockMs, Pump } from './pump.ts'
import { dialHost } from './tcp-socket.ts'
import { UdpSocket } from './udp-sockets.ts'

export class HostSide implements StackHost, AsyncDisposable {
  readonly services: GatewayServices
  readonly #random = new Int32Array(256)
  #randomAt = 0
  pump!: Pump
  ports!: PortTable
  #dialler!: GuestDialler
  #pings!: PingSocket

  constructor(network: NetworkSettings, dns: DnsSettings) {
    this.services = new GatewayServices(network, dns)
  }

  /** The stack needs its host first, and the host then the stack. */
  start(stack: Stack): void {
    this.pump = new Pump(stack)
    this.services.pump = this.pump
    this.#pings = new PingSocket(this.#pingHandlers(), this.random32())
    this.#dialler = new GuestDialler(this.pump, this.random32())
    this.ports = new PortTable(this.pump, this.#dialler)
  }

  dialTcp(connection: TcpConnection): HostStream | undefined {
    const { gateway, host } = this.pump.stack.addresses
    const { address, port } = connection
    if (address === gateway) return port === dnsPort ? this.services.dnsStream(connection) : undefined
    const target = address === host ? loopback : address
    return dialHost(this.pump, connection, { host: formatIpv4(target), port })
  }

  openUdp(flow: UdpFlow): HostDatagram | undefined {
    try {
      return new UdpSocket(this.pump, flow)
    } catch {
      return undefined
    }
  }

  sendEcho(destination: number, ttl: number, sequence: number, payload: Uint8Array): boolean {
    return this.#pings.send(destination, ttl, sequence, payload)
  }

  serveUdp(datagram: GatewayDatagram): boolean {
    return this.services.datagram(datagram)
  }

  isTaken(address: number, macHigh: number, macLow: number): boolean {
    return this.services.isTaken(address, macHigh, macLow)
  }

  #pingHandlers(): PingHandlers {
    const { pump } = this
    return {
      replied: (sequence, payload) => {
        pump.begin().icmp.echoReplied(sequence, payload)
        pump.end()
      },
      failed: (sequence, error) => {
        pump.begin().icmp.echoFailed(sequence, error)
        pump.end()
      },
      nextLookMs: () => {
        const { pings } = pump.stack.icmp
        const nowMs = clockMs()
        pings.expire(nowMs)
        if (pings.size === 0) return undefined
        // Answers mostly come soon, and late ones are slow anyway.
        return Math.min(50, 1 + Math.floor((nowMs - pings.newestMs) / 20))
      },
    }
  }

  random32(): number {
    if (this.#randomAt === 0) randomFillSync(this.#random)
    const value = this.#random[this.#randomAt]!
    this.#randomAt = (this.#randomAt + 1) % this.#random.length
    return value
  }

  dial(address: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const stream = new GuestStream(this.pump, (error) => (error ? reject(error) : resolve(stream)))
      const to = { address: parseIpv4(address), port }
      const connection = this.#dialler.open(to, stream.hostEnd)
      if (connection === undefined) reject(new Error(`${address}:${port}: no room for another connection`))
      else stream.connection = connection
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.ports[Symbol.asyncDispose]()
    this.pump.begin().tcp.abortAll(() => true)
    this.pump.stack.datagrams.nat.closeAll()
    this.pump.end()
    this.pump.close()
    this.services[Symbol.dispose]()
    this.#pings[Symbol.dispose]()
  }
}
