/** One environment's forwarder with its port mappings and published ports. */

import type { Socket } from 'node:net'
import type { Duplex, Writable } from 'node:stream'
import type {
  DnsSettings,
  EgressSettings,
  NameSettings,
  NetworkSettings,
  PeerPlace,
  PortMapping,
} from '../../config/desired.ts'
import { DesktopError } from '../../errors/desktop-error.ts'
import { messageOf } from '../../errors/system.ts'
import type { Metric } from '../../net/core/metric.ts'
import type { PortStatus } from '../../net/core/port-status.ts'
import type { DenialView } from '../../net/egress/denials.ts'
import type { EgressRuleView } from '../../net/egress/egress.ts'
import type { EgressSends } from '../../net/egress/sends.ts'
import type { FlowView } from '../../net/flows.ts'
import { type EgressDenials, Forwarder } from '../../net/forwarder.ts'
import type { QueryView } from '../../net/services/dns/query-log.ts'
import { type CaptureCounters, type CaptureRequest, runCapture } from '../api/capture.ts'
import type { SupervisorState } from '../process/recorded-requests.ts'
import { Trunks } from './trunks.ts'

type OnRefusal = (denial: DenialView, guestPort: number | undefined) => void

export class Network implements AsyncDisposable {
  readonly #onRefusal: OnRefusal
  #forwarder: Forwarder | undefined
  #settings: NetworkSettings | undefined
  #link: Socket | undefined
  readonly #trunks = new Trunks((socket) => this.#attachTrunk(socket))
  /** Resolves when the current forwarder is replaced. */
  #replaced: PromiseWithResolvers<void> = Promise.withResolvers()

  /**
   * @param onRefusal called for each destination or name that egress denies; rate-limited by the forwarder.
   */
  constructor(onRefusal: OnRefusal) {
    this.#onRefusal = onRefusal
  }

  get settings(): NetworkSettings | undefined {
    return this.#settings
  }

  /** Recreates removed socket files and returns their paths. */
  async restoreFiles(): Promise<readonly string[]> {
    return (await this.#forwarder?.restoreFiles()) ?? []
  }

  /** Configures the forwarder from the recorded state; an unchanged network keeps its flows. */
  async restore(state: SupervisorState): Promise<void> {
    const { network } = state
    if (network === undefined) return
    if (JSON.stringify(network) !== JSON.stringify(this.#settings)) {
      // Invalid settings leave the current forwarder in place.
      const onRefusal = this.#onRefusal
      const next = new Forwarder({ network, onRefusal, ...(state.egress && { egress: state.egress }) })
      await this.#closeForwarder()
      this.#forwarder = next
      if (state.leases !== undefined) this.#forwarder.importLeases(state.leases)
      this.#settings = network
      if (this.#link !== undefined && !this.#link.destroyed) this.#forwarder.attach(this.#link)
    }
    if (state.dns !== undefined) this.setDns(state.dns)
    if (state.names !== undefined) this.setNames(state.names)
    this.setPeers(state.peers ?? [])
    await this.setPorts('config', state.ports)
  }

  attach(link: Socket): void {
    this.#link = link
    this.#required().attach(link)
  }

  setDns(dns: DnsSettings): void {
    this.#required().setDns(dns)
  }

  /** Sets the other machines of the switch; empty for a single machine. */
  setPeers(peers: readonly PeerPlace[]): void {
    const own = this.#settings
    if (own === undefined) return
    this.#forwarder?.setPeers(new Map(peers.map(({ address, mac }) => [address, mac])))
    this.#trunks.set(own.mac ?? '', peers)
  }

  /** Number of connected peers. */
  get linkedPeers(): number {
    return this.#trunks.joined
  }

  /** Accepts a trunk connection from another machine's supervisor. */
  acceptTrunk(stream: Socket, from: string): void {
    this.#trunks.accept(stream, from)
  }

  #attachTrunk(stream: Socket): void {
    if (this.#forwarder === undefined) stream.destroy()
    else this.#forwarder.attachTrunk(stream)
  }

  /**
   * In the VM and its containers, these names resolve to the host, which serves them (names/host-names.ts).
   */
  setNames({ domain, http, https }: NameSettings): void {
    const isServed = http !== undefined || https !== undefined
    const forwarder = this.#required()
    const defaultAddress = this.#settings?.host
    forwarder.zones = isServed ? [{ name: domain, records: [], defaultAddress }] : []
  }

  /** Connects to an address in the VM or behind it. */
  dial(address: string, port: number): Promise<Duplex> {
    return this.#required().dial(address, port)
  }

  /** Resets flows after the guest lost its state: a peer that only reads would never notice. */
  endFlows(): void {
    this.#forwarder?.endFlows()
  }

  /** Throws `supervisor/bad-request` on an invalid rule. */
  setEgress(egress: EgressSettings): void {
    const forwarder = this.#required()
    try {
      forwarder.setEgress(egress)
    } catch (error) {
      throw new DesktopError('supervisor/bad-request', messageOf(error))
    }
  }

  get egress(): EgressSettings | undefined {
    return this.#forwarder?.egress
  }

  egressRules(): readonly EgressRuleView[] {
    return this.#forwarder?.egressRules() ?? []
  }

  nameSender(denialId: number, sender: string): void {
    this.#forwarder?.nameSender(denialId, sender)
  }

  egressDenials(): EgressDenials {
    return this.#forwarder?.egressDenials() ?? { listed: [], unlisted: 0 }
  }

  egressSends(): EgressSends {
    return this.#forwarder?.egressSends() ?? { listed: [], unlisted: 0 }
  }

  dnsQueries(): readonly QueryView[] {
    return this.#forwarder?.dnsQueries() ?? []
  }

  setPorts(owner: PortStatus['owner'], ports: readonly PortMapping[]): Promise<readonly PortStatus[]> {
    return this.#required().setPorts(owner, ports)
  }

  /** Publishes a port that dockerd requested. */
  publish(mapping: PortMapping): Promise<PortStatus & { code: string | undefined }> {
    return this.#required().addPort('publish', mapping)
  }

  async unpublish(mapping: PortMapping): Promise<void> {
    await this.#forwarder?.removePort('publish', mapping)
  }

  async retryPorts(): Promise<void> {
    await this.#forwarder?.retryPorts()
  }

  ports(): readonly PortStatus[] {
    return this.#forwarder?.ports() ?? []
  }

  flows(heardWithinMs?: number): readonly FlowView[] {
    return this.#forwarder?.flows(heardWithinMs) ?? []
  }

  metrics(): readonly Metric[] {
    return this.#forwarder?.metrics() ?? []
  }

  /** Captures frames into `response` until `enough` resolves or the network is replaced. */
  capture(request: CaptureRequest, response: Writable, enough: Promise<unknown>): Promise<CaptureCounters> {
    const replaced = this.#replaced.promise
    return runCapture(this.#required(), request, response, Promise.race([enough, replaced]))
  }

  /** Call after an exception in a callback of the forwarder, so that it can process the next event. */
  recover(): void {
    this.#forwarder?.recover()
  }

  leases(): unknown {
    return this.#forwarder?.exportLeases()
  }

  #required(): Forwarder {
    if (this.#forwarder !== undefined) return this.#forwarder
    throw new DesktopError('supervisor/bad-request', 'the network is not set yet')
  }

  async #closeForwarder(): Promise<void> {
    this.#replaced.resolve()
    this.#replaced = Promise.withResolvers()
    await this.#forwarder?.[Symbol.asyncDispose]()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#trunks[Symbol.dispose]()
    await this.#closeForwarder()
  }
}
