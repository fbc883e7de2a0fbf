/**
 * Packet forwarder of a network: connects guests on links to the outside by ordinary host sockets, in both directions.
 * Settings change live. Flows, leases, names and mappings persist when links disconnect and reconnect.
 */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { DnsSettings, EgressSettings, PortMapping } from '../config/desired.ts'
import { AttachedLinks } from './attached-links.ts'
import type { Metric } from './core/metric.ts'
import type { PortOwner, PortStatus } from './core/port-status.ts'
import { linkAddresses } from './core/settings.ts'
import { type DenialView, denialView } from './egress/denials.ts'
import type { EgressRuleView } from './egress/egress.ts'
import type { EgressSends } from './egress/sends.ts'
import { type FlowView, flowsOf } from './flows.ts'
import { defaultDns, egressOf, type ForwarderSettings } from './forwarder-settings.ts'
import { clockMs } from './host/event-loop.ts'
import { HostSide } from './host/host-side.ts'
import type { LinkHandle } from './host/links/link-socket.ts'
import type { Framing } from './link/link.ts'
import { MacTable } from './link/mac-table.ts'
import { metricsOf } from './metrics.ts'
import { Capture, type CaptureOptions, type CaptureSink } from './pcap/capture.ts'
import { isLease, type Lease } from './services/dhcp/leases.ts'
import type { QueryView } from './services/dns/query-log.ts'
import type { LocalZone } from './services/dns/zones.ts'
import { Stack } from './stack.ts'
import { formatIpv4, formatMac, parseIpv4 } from './wire/addresses.ts'
import { gatewayMac } from './wire/ethernet.ts'

export interface EgressDenials {
  listed: readonly DenialView[]
  /** Denials above the rate limit of the list. */
  unlisted: number
}

export class Forwarder implements AsyncDisposable {
  readonly #stack: Stack
  readonly #host: HostSide
  readonly #links: AttachedLinks

  /** Throws if an address is not valid for its family. */
  constructor(settings: ForwarderSettings) {
    const { network, dns = defaultDns, isIsolated = false, leases = [] } = settings
    const policy = egressOf(settings)
    this.#host = new HostSide(network, dns, policy)
    this.#stack = new Stack(linkAddresses(network), this.#host, clockMs(), { egress: policy, isIsolated })
    this.#host.start(this.#stack)
    const { services } = this.#host
    for (const [mac, address] of leases) services.dhcp.keep(mac, parseIpv4(address) >>> 0)
    const macTable = new MacTable(network.mtu, (mac, address) => services.dhcp.reserve(mac, address))
    this.#links = new AttachedLinks(this.#host.loop, macTable, settings.hasChecksumOffload === true)
  }

  /**
   * Attaches a stream of frames, by default with the framing of QEMU's stream netdev. The forwarder closes it on
   * disposal.
   */
  attach(stream: Duplex, framing: Framing = 'u32-be'): LinkHandle {
    return this.#links.attach(stream, framing)
  }

  /** Attaches a trunk to the switch of another machine's forwarder, which must call it too. */
  attachTrunk(stream: Duplex): LinkHandle {
    return this.#links.attachTrunk(stream)
  }

  /** Attaches a stream of a VMN3T client, before its handshake. */
  attachVmn3t(stream: Socket): void {
    this.#links.attachVmn3t(stream)
  }

  /** Sets the machines behind trunks, address → MAC: other MACs may not use these addresses. */
  setPeers(peers: ReadonlyMap<string, string>): void {
    const known = [...peers].map(([address, mac]) => [parseIpv4(address) >>> 0, mac] as const)
    this.#host.services.dhcp.peers = new Map(known)
  }

  setDns(dns: DnsSettings): void {
    this.#host.services.setDns(dns)
  }

  /** Applied live; open connections stay open. Throws on an invalid rule. */
  setEgress(egress: EgressSettings): void {
    this.#stack.egress.settings = egress
  }

  get egress(): EgressSettings {
    return this.#stack.egress.settings
  }

  /** Hit counters of each rule. */
  egressRules(): readonly EgressRuleView[] {
    return this.#stack.egress.view()
  }

  /** Destinations and names denied by egress, latest first. */
  egressDenials(): EgressDenials {
    const { denials } = this.#stack.egress
    const listed = denials.view().map((denial) => denialView(denial, clockMs() - denial.lastMs))
    return { listed, unlisted: denials.unlisted }
  }

  /** Adds a sender of the denied packets, e.g. a container behind the guest's address. */
  nameSender(denialId: number, sender: string): void {
    this.#stack.egress.denials.nameSender(denialId, sender)
  }

  /** Destinations without a matching rule. Reading them enables recording for half a minute. */
  egressSends(): EgressSends {
    return this.#stack.egress.sends(clockMs())
  }

  /** Recent DNS queries of guests. Reading them enables the log for half a minute. */
  dnsQueries(): readonly QueryView[] {
    const { log } = this.#host.services.dns.server
    return log.view(performance.now(), (address) => this.#stack.formatAddress(address))
  }

  /** Call after an exception that interrupted an event, so that later events are not treated as nested. */
  recover(): void {
    this.#host.loop.recover()
  }

  /**
   * Replaces the owner's mappings in one batch. Mappings that cannot listen are `failed` with a reason; never
   * rejects.
   */
  setPorts(owner: PortOwner, mappings: readonly PortMapping[]): Promise<readonly PortStatus[]> {
    return this.#host.ports.set(owner, mappings)
  }

  /** Adds a mapping; returns the errno name if it cannot listen. */
  addPort(owner: PortOwner, mapping: PortMapping): Promise<PortStatus & { code: string | undefined }> {
    return this.#host.ports.add(owner, mapping)
  }

  removePort(owner: PortOwner, mapping: PortMapping): Promise<void> {
    return this.#host.ports.remove(owner, mapping)
  }

  /** Retries all failed mappings now; they are also retried every second. */
  retryPorts(): Promise<void> {
    return this.#host.ports.retry()
  }

  /** Recreates lost socket files of unix mappings; returns their paths. */
  restoreFiles(): Promise<readonly string[]> {
    return this.#host.ports.restoreFiles()
  }

  ports(): readonly PortStatus[] {
    return this.#host.ports.states()
  }

  /** Reason why nothing can be mapped to it; undefined: valid. */
  problemOf({ address, port }: PortMapping['guest']): string | undefined {
    if (port < 1) return `${port} is not a port`
    try {
      const guest = this.#stack.addressOf(address)
      if (guest === undefined) return `${address}: IPv6 is off in this network`
      const canBe = this.#stack.family(guest).mayBeGuest(guest)
      return canBe ? undefined : `${address} is not a guest address of this network`
    } catch {
      return `"${address}" is not an IP address`
    }
  }

  /** Opens a TCP connection from the gateway to a guest; rejects if it is refused or times out. */
  dial(address: string, port: number): Promise<Duplex> {
    return this.#host.dial(address, port)
  }

  /** Ends all flows, TCP connections with a reset: the guests lost their state. */
  endFlows(): void {
    this.#host.endFlows()
  }

  /** Serves connections from guests to port 80 of the gateway; `caller` is the guest's address. */
  serveWeb(serve: (stream: Duplex, caller: string) => void): void {
    this.#host.services.web = (stream, guest) => serve(stream, this.#stack.formatAddress(guest))
  }

  /** Zones in addition to the settings' names. */
  get zones(): readonly LocalZone[] {
    return this.#host.services.dns.server.zones
  }

  set zones(zones: readonly LocalZone[]) {
    this.#host.services.dns.server.setZones(zones)
  }

  /** MAC → number of the link on which it was last seen. */
  cam(): ReadonlyMap<string, number> {
    const macs = [...this.#stack.links.macs]
    return new Map(macs.map(([mac, { id }]) => [formatMac(Math.floor(mac / 2 ** 32), mac | 0), id]))
  }

  /** @param heardWithinMs omits flows that were idle for longer */
  flows(heardWithinMs?: number): readonly FlowView[] {
    return flowsOf(this.#stack, clockMs(), heardWithinMs)
  }

  counters(): Readonly<Record<string, number>> {
    return { ...this.#stack.drops, ...this.#stack.tcp.counters }
  }

  metrics(): readonly Metric[] {
    const { dns, dhcp } = this.#host.services
    const lostDatagrams = this.#host.loop.outbox.lost
    const services = { dns: { ...dns.server.counters }, leases: dhcp.leases, lostDatagrams }
    return metricsOf(this.#stack, this.#host.ports.states(), services)
  }

  /** Captures the frames of all links to the sink, until the returned object is disposed of. */
  capture(sink: CaptureSink, options: CaptureOptions): Capture & Disposable {
    const capture = new Capture(sink, options)
    const { captures } = this.#host.loop
    captures.add(capture)
    return Object.assign(capture, { [Symbol.dispose]: () => captures.remove(capture) })
  }

  /** Permanent addresses: the gateway's, and static leases. */
  staticLeases(): { address: string; mac: string }[] {
    const { addresses } = this.#stack
    const gateway = {
      address: formatIpv4(addresses.gateway),
      mac: formatMac(gatewayMac.high, gatewayMac.low),
    }
    const reserved = [...this.#host.services.dhcp.reserved]
    return [gateway, ...reserved.map(([mac, address]) => ({ address: formatIpv4(address), mac }))]
  }

  /** DHCP leases as a JSON value, for `importLeases` of a successor. */
  exportLeases(): readonly Lease[] {
    return this.#host.services.dhcp.leases
  }

  /** Skips invalid values, because leases are only a convenience. */
  importLeases(leases: unknown): void {
    this.#host.services.dhcp.leases = Array.isArray(leases) ? leases.filter(isLease) : []
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // First, so that the guests still receive the resets.
    this.endFlows()
    this.#links.close()
    await this.#host[Symbol.asyncDispose]()
  }
}
