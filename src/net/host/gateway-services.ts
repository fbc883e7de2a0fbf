/** What the gateway itself offers: DNS on UDP and TCP, DHCP, and the time. */
import type { DnsSettings, NetworkSettings } from '../../config/desired.ts'
import { emptyLeaseTable, isPoolAddress, type Lease, type LeaseTable, leaseTable } from '../dhcp/leases.ts'
import type { DhcpSettings } from '../dhcp/options.ts'
import { dhcpServerPort } from '../dhcp/reply.ts'
import { answerDhcp } from '../dhcp/server.ts'
import { dhcpSettings } from '../dhcp/settings.ts'
import { answerDhcp6, dhcp6Port } from '../dhcp6/reply.ts'
import type { Egress } from '../egress/egress.ts'
import { isIpv6 } from '../ip6/address-table.ts'
import type { Ip6 } from '../ip6/ip6.ts'
import { answerSntp, sntpPort } from '../ntp/sntp.ts'
import type { GatewayDatagram } from '../stack-host.ts'
import type { TcpConnection } from '../tcp/connection.ts'
import type { HostStream } from '../tcp/host-stream.ts'
import { formatMac } from '../wire/addresses.ts'
import { DnsStreams } from './dns-streams.ts'
import { HostDns } from './host-dns.ts'
import type { Pump } from './pump.ts'

export const dnsPort = 53

export class GatewayServices implements Disposable {
  readonly dns: HostDns
  readonly #network: NetworkSettings
  #dhcp: DhcpSettings
  /** Besides the settings' own: what clients of VMN3T asked for. */
  readonly #reserved = new Map<string, number>()
  #leases: LeaseTable = emptyLeaseTable
  #pump!: Pump
  #dnsStreams!: DnsStreams

  constructor(network: NetworkSettings, dns: DnsSettings, egress: Egress) {
    this.#network = network
    this.dns = new HostDns({ settings: dns, own: network, pump: () => this.#pump, policy: egress })
    this.#dhcp = this.#dhcpSettings()
  }

  set pump(pump: Pump) {
    this.#pump = pump
    this.#dnsStreams = new DnsStreams(pump, this.dns)
    this.#tellSearch()
  }

  /** Guests of IPv6 hear it with the next router advertisement. */
  #tellSearch(): void {
    const { ip6 } = this.#pump.stack
    if (ip6 !== undefined) ip6.router.searchDomains = this.dns.server.settings.search
  }

  setDns(settings: DnsSettings): void {
    this.dns.server.setSettings(settings)
    this.#dhcp = this.#dhcpSettings()
    this.#tellSearch()
  }

  /** Keeps an address for a MAC; false: it is not of this network, or somebody else's. */
  reserve(mac: string, address: number): boolean {
    const { reserved } = this.#dhcp
    if (reserved.get(mac) === address) return true
    const lease = this.#leases.get(address)
    const isLeased = lease !== undefined && lease.mac !== mac && lease.expiresAtMs > Date.now()
    if (isLeased || !isPoolAddress(this.#dhcp, address)) return false
    this.#reserved.set(mac, address)
    this.#dhcp = this.#dhcpSettings()
    return true
  }

  #dhcpSettings(): DhcpSettings {
    const settings = dhcpSettings(this.#network, this.dns.server.settings.search)
    return { ...settings, reserved: new Map([...settings.reserved, ...this.#reserved]) }
  }

  get leases(): readonly Lease[] {
    return [...this.#leases.values()]
  }

  set leases(leases: readonly Lease[]) {
    this.#leases = leaseTable(leases)
  }

  /** Whether the address was given to another MAC, or is kept for one. */
  isTaken(address: number, macHigh: number, macLow: number): boolean {
    const mac = formatMac(macHigh, macLow)
    const lease = this.#leases.get(address >>> 0)
    return lease?.state === 'bound' && lease.expiresAtMs > Date.now() && lease.mac !== mac
  }

  /** False: nothing is served at that port. */
  datagram(datagram: GatewayDatagram): boolean {
    const { ip6 } = this.#pump.stack
    if (ip6 !== undefined && datagram.destination === ip6.own.dhcpServers) {
      if (datagram.destinationPort === dhcp6Port.server) this.#answerDhcp6(datagram, ip6)
      return true
    }
    switch (datagram.destinationPort) {
      case dhcpServerPort:
        if (isIpv6(datagram.destination)) return false
        this.#answerDhcp(datagram)
        return true
      case dnsPort:
        this.#answerDns(datagram)
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

  /** DNS over TCP: a connection whose other end is here. */
  dnsStream(connection: TcpConnection): HostStream {
    return this.#dnsStreams.open(connection)
  }

  [Symbol.dispose](): void {
    this.#dnsStreams[Symbol.dispose]()
    this.dns[Symbol.dispose]()
  }

  #answerDns(datagram: GatewayDatagram): void {
    if (datagram.neighbour === undefined) return
    // The answer may come later, when the query's bytes are gone; the header's are kept here.
    const { neighbour, source, sourcePort } = datagram
    const answeredBy = this.#answerer(datagram)
    this.dns.handle(datagram.payload, 'udp', (reply) => {
      const { output } = this.#pump.begin()
      const back = {
        source: answeredBy,
        sourcePort: dnsPort,
        destination: source,
        destinationPort: sourcePort,
      }
      output.udp(neighbour, back, reply, 0, reply.length)
      this.#pump.end()
    })
  }

  #answerDhcp({ payload, link }: GatewayDatagram): void {
    const { table, reply } = answerDhcp(this.#dhcp, this.#leases, payload, Date.now())
    this.#leases = table
    if (reply === undefined) return
    const { output, addresses, neighbours } = this.#pump.stack
    const destination = reply.address | 0
    const datagram = {
      source: addresses.gateway,
      sourcePort: dhcpServerPort,
      destination,
      destinationPort: reply.port,
    }
    const { mac } = reply
    const to =
      mac === undefined
        ? neighbours.get(destination)
        : { address: destination, link, askedMs: 0, macHigh: (mac[0]! << 8) | mac[1]!, macLow: lastFour(mac) }
    if (to !== undefined) output.udp(to, datagram, reply.payload, 0, reply.payload.length)
  }

  #answerDhcp6({ payload, neighbour, source, sourcePort }: GatewayDatagram, ip6: Ip6): void {
    const dnsServer = ip6.table.bytes(ip6.own.gateway)
    const reply = answerDhcp6(payload, { dnsServer, search: this.dns.server.settings.search })
    if (reply === undefined || neighbour === undefined) return
    const from = { source: ip6.speakerFor(neighbour), sourcePort: dhcp6Port.server }
    const datagram = { ...from, destination: source, destinationPort: sourcePort }
    ip6.output.udp(neighbour, datagram, reply, 0, reply.length)
  }

  /** What was asked of everybody is answered by the gateway: a broadcast address is no source (RFC 1122 3.2.1.3). */
  #answerer({ destination }: GatewayDatagram): number {
    return isIpv6(destination) ? destination : this.#pump.stack.addresses.gateway
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
    this.#pump.stack.output.udp(neighbour, back, payload, 0, payload.length)
  }
}

function lastFour(mac: Uint8Array): number {
  return (mac[2]! << 24) | (mac[3]! << 16) | (mac[4]! << 8) | mac[5]!
}
