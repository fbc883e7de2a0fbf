/** Services of the gateway: DNS over UDP and TCP, DHCP, NTP, and the API if enabled. */
import type { Duplex } from 'node:stream'
import type { DnsSettings, NetworkSettings } from '../../../config/desired.ts'
import { isIpv6 } from '../../core/address-table.ts'
import type { GatewayDatagram } from '../../core/host-datagram.ts'
import type { HostStream } from '../../core/host-stream.ts'
import type { Egress } from '../../egress/egress.ts'
import type { Ipv6 } from '../../ipv6/ipv6.ts'
import { dhcpServerPort } from '../../services/dhcp/reply.ts'
import { answerDhcp6, dhcp6Port } from '../../services/dhcp6/reply.ts'
import { searchDomains } from '../../services/dns/resolv-conf.ts'
import { answerSntp, sntpPort } from '../../services/ntp/sntp.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import { GuestStream } from '../tcp/guest-stream.ts'
import { DhcpService } from './dhcp.ts'
import { DnsDatagram } from './dns-datagram.ts'
import { DnsStreams } from './dns-streams.ts'
import { HostDns } from './host-dns.ts'
import { hostSearch } from './host-resolvers.ts'

const dnsPort = 53
const webPort = 80

/** A connection of a guest to port 80 of the gateway. */
export type ServeWeb = (stream: Duplex, guestAddress: number) => void

export class GatewayServices implements Disposable {
  readonly dns: HostDns
  readonly dhcp: DhcpService
  /** Undefined if port 80 is closed. */
  web: ServeWeb | undefined
  readonly #hostSearch = hostSearch()
  #loop!: EventLoop
  #dnsStreams!: DnsStreams
  #dnsClient!: DnsDatagram
  readonly #declined6 = new Map<string, number>()

  constructor(network: NetworkSettings, dns: DnsSettings, egress: Egress) {
    this.dns = new HostDns({ settings: dns, own: network, loop: () => this.#loop, policy: egress })
    this.dhcp = new DhcpService(network, this.#search)
  }

  set loop(loop: EventLoop) {
    this.#loop = loop
    this.#dnsClient = new DnsDatagram(loop)
    this.#dnsStreams = new DnsStreams(loop, this.dns)
    const { ipv6 } = loop.stack
    if (ipv6 !== undefined) ipv6.router.searchDomains = () => this.#search
  }

  get #search(): readonly string[] {
    return searchDomains(this.dns.server.settings.search, this.#hostSearch)
  }

  setDns(settings: DnsSettings): void {
    this.dns.server.setSettings(settings)
    this.dhcp.search = this.#search
  }

  /** Returns false if no service uses that port. */
  datagram(datagram: GatewayDatagram): boolean {
    const { ipv6 } = this.#loop.stack
    if (ipv6 !== undefined && datagram.destination === ipv6.own.dhcpServers) {
      if (datagram.destinationPort === dhcp6Port.server) this.#answerDhcp6(datagram, ipv6)
      return true
    }
    switch (datagram.destinationPort) {
      case dhcpServerPort:
        if (isIpv6(datagram.destination)) return false
        // The host's search list may have changed.
        this.dhcp.search = this.#search
        this.dhcp.answer(datagram, this.#loop.stack)
        return true
      case dnsPort:
        if (datagram.neighbour !== undefined) {
          this.dns.handle(datagram.payload, this.#dnsClient.set(datagram, this.#answerer(datagram)))
        }
        return true
      case sntpPort: {
        const reply = answerSntp(datagram.payload, Date.now())
        if (reply !== undefined) this.#reply(datagram, reply)
        return true
      }
      default:
        return false
    }
  }

  /** Host end of a connection to the gateway; undefined if no service uses that port. */
  stream(connection: TcpConnection): HostStream | undefined {
    const { web } = this
    if (connection.port === dnsPort) return this.#dnsStreams.open(connection)
    if (connection.port !== webPort || web === undefined) return undefined
    return GuestStream.accepted(this.#loop, connection, (stream) => web(stream, connection.guestAddress))
  }

  [Symbol.dispose](): void {
    this.#dnsStreams[Symbol.dispose]()
    this.dns[Symbol.dispose]()
  }

  #answerDhcp6({ payload, neighbour, source, sourcePort }: GatewayDatagram, ipv6: Ipv6): void {
    const dnsServer = ipv6.table.bytes(ipv6.own.gateway)
    const plan = { prefix: dnsServer.subarray(0, 8), declined: this.#declined6 }
    const reply = answerDhcp6(payload, { dnsServer, search: this.#search, ...plan })
    if (reply === undefined || neighbour === undefined) return
    const from = { source: ipv6.speakerFor(neighbour), sourcePort: dhcp6Port.server }
    const datagram = { ...from, destination: source, destinationPort: sourcePort }
    ipv6.output.udp(neighbour, datagram, reply, 0, reply.length)
  }

  /**
   * Queries to a broadcast address are answered from the gateway's address: a broadcast address is not a valid
   * source (RFC 1122 3.2.1.3).
   */
  #answerer({ destination }: GatewayDatagram): number {
    return isIpv6(destination) ? destination : this.#loop.stack.addresses.gateway
  }

  #reply(datagram: GatewayDatagram, payload: Uint8Array): void {
    const { neighbour, source, sourcePort, destinationPort } = datagram
    if (neighbour === undefined) return
    const back = {
      source: this.#answerer(datagram),
      sourcePort: destinationPort,
      destination: source,
      destinationPort: sourcePort,
    }
    this.#loop.stack.family(neighbour.address).udp(neighbour, back, payload, 0, payload.length)
  }
}
