/** DHCPv4 server of the links: leases and reservations. */
import type { NetworkSettings } from '../../../config/desired.ts'
import type { GatewayDatagram } from '../../core/host-datagram.ts'
import { newNeighbour } from '../../core/neighbours.ts'
import {
  emptyLeaseTable,
  isPoolAddress,
  type Lease,
  type LeaseTable,
  leaseTable,
} from '../../services/dhcp/leases.ts'
import type { DhcpSettings } from '../../services/dhcp/options.ts'
import { dhcpServerPort } from '../../services/dhcp/reply.ts'
import { answerDhcp } from '../../services/dhcp/server.ts'
import { dhcpSettings } from '../../services/dhcp/settings.ts'
import type { Stack } from '../../stack.ts'
import { formatMac } from '../../wire/addresses.ts'

export class DhcpService {
  readonly #network: NetworkSettings
  #search: readonly string[]
  #settings: DhcpSettings
  /** Reservations in addition to the settings: static leases, and addresses requested by VMN3T clients. */
  readonly #reserved = new Map<string, number>()
  #peers: ReadonlyMap<number, string> = new Map()
  #leases: LeaseTable = emptyLeaseTable

  constructor(network: NetworkSettings, search: readonly string[]) {
    this.#network = network
    this.#search = search
    this.#settings = this.#withReserved()
  }

  /** DNS search domains for guests. */
  set search(search: readonly string[]) {
    if (search.join() === this.#search.join()) return
    this.#search = search
    this.#settings = this.#withReserved()
  }

  /** Reserves an address for a MAC; returns false if it is outside the pool or leased to another MAC. */
  reserve(mac: string, address: number): boolean {
    const { reserved } = this.#settings
    if (reserved.get(mac) === address) return true
    const lease = this.#leases.get(address)
    const isLeased = lease !== undefined && lease.mac !== mac && lease.expiresAtMs > Date.now()
    if (isLeased || !isPoolAddress(this.#settings, address)) return false
    this.#reserved.set(mac, address)
    this.#settings = this.#withReserved()
    return true
  }

  /** Static lease: reserves the address for this MAC without checks. */
  keep(mac: string, address: number): void {
    this.#reserved.set(mac, address)
    this.#settings = this.#withReserved()
  }

  /** Addresses and MACs of machines with a lease from another DHCP server of this network. */
  set peers(peers: ReadonlyMap<number, string>) {
    this.#peers = peers
    this.#settings = this.#withReserved()
  }

  /** MAC → address, except for the VM's own card. */
  get reserved(): ReadonlyMap<string, number> {
    return this.#reserved
  }

  get leases(): readonly Lease[] {
    return [...this.#leases.values()]
  }

  set leases(leases: readonly Lease[]) {
    this.#leases = leaseTable(leases)
  }

  /** Whether the address is leased to another MAC. */
  isTaken(address: number, macHigh: number, macLow: number): boolean {
    const mac = formatMac(macHigh, macLow)
    const peer = this.#peers.get(address >>> 0)
    if (peer !== undefined) return peer !== mac
    const lease = this.#leases.get(address >>> 0)
    return lease?.state === 'bound' && lease.expiresAtMs > Date.now() && lease.mac !== mac
  }

  answer({ payload, link }: GatewayDatagram, { addresses, ipv4 }: Stack): void {
    const { table, reply } = answerDhcp(this.#settings, this.#leases, payload, Date.now(), (address) => {
      const holder = ipv4.neighbours.get(address | 0)
      return holder?.link === undefined ? undefined : formatMac(holder.macHigh, holder.macLow)
    })
    this.#leases = table
    if (reply === undefined) return
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
        ? ipv4.neighbours.get(destination)
        : newNeighbour(destination, link, (mac[0]! << 8) | mac[1]!, lastFour(mac))
    if (to !== undefined) ipv4.udp(to, datagram, reply.payload, 0, reply.payload.length)
  }

  #withReserved(): DhcpSettings {
    const settings = dhcpSettings(this.#network, this.#search)
    const reserved = new Map([...settings.reserved, ...this.#reserved])
    return { ...settings, reserved, excluded: new Set([...settings.excluded, ...this.#peers.keys()]) }
  }
}

function lastFour(mac: Uint8Array): number {
  return (mac[2]! << 24) | (mac[3]! << 16) | (mac[4]! << 8) | mac[5]!
}
