/** The forwarder of one environment and what rides on it: port mappings, docker.sock, published ports. */
import type { Socket } from 'node:net'
import type { Duplex, Writable } from 'node:stream'
import type { DnsSettings, EgressSettings, NetworkSettings, PortMapping } from '../config/desired.ts'
import { DesktopError, messageOf } from '../errors.ts'
import { checkSocketPath } from '../host/directories.ts'
import type { Metric } from '../net/api/forwarder.ts'
import type { EgressRuleView } from '../net/egress/egress.ts'
import type { FlowView } from '../net/flows.ts'
import { Forwarder } from '../net/forwarder.ts'
import type { PortState } from '../net/ports/port-state.ts'
import { type CaptureCounters, type CaptureRequest, runCapture } from './capture.ts'
import type { SupervisorState } from './state.ts'

/** Where dockerd's API is in the guest: bound to eth0, so that containers cannot reach it. */
const enginePort = 2375
/** Where terminals are; as well guarded. */
const shellPort = 2376

export class Network implements AsyncDisposable {
  #forwarder: Forwarder | undefined
  #settings: NetworkSettings | undefined
  #link: Socket | undefined
  #engineSocket: string | undefined
  /** Of the forwarder that there is now. */
  #replaced: PromiseWithResolvers<void> = Promise.withResolvers()

  get settings(): NetworkSettings | undefined {
    return this.#settings
  }

  /** Where docker.sock is served now; undefined when it is not. */
  get engineSocket(): string | undefined {
    return this.#engineSocket
  }

  /** Makes the forwarder what the state says; an equal network keeps its flows. */
  async restore(state: SupervisorState): Promise<void> {
    const { network } = state
    if (network === undefined) return
    if (JSON.stringify(network) !== JSON.stringify(this.#settings)) {
      await this.#closeForwarder()
      this.#engineSocket = undefined
      this.#forwarder = new Forwarder({ network, ...(state.egress && { egress: state.egress }) })
      if (state.leases !== undefined) this.#forwarder.importLeases(state.leases)
      this.#settings = network
      if (this.#link !== undefined && !this.#link.destroyed) this.#forwarder.attach(this.#link)
    }
    if (state.dns !== undefined) this.setDns(state.dns)
    await this.setPorts('config', state.ports)
    // One that cannot be served shows as not served, and the next plan says why.
    if (state.engineSocket !== undefined) await this.setEngineSocket(state.engineSocket).catch(() => {})
  }

  attach(link: Socket): void {
    this.#link = link
    this.#required().attach(link)
  }

  setDns(dns: DnsSettings): void {
    this.#required().setDns(dns)
  }

  /** Throws `supervisor/bad-request` on a rule that is none. */
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

  setPorts(owner: PortState['owner'], ports: readonly PortMapping[]): Promise<readonly PortState[]> {
    return this.#required().setPorts(owner, ports)
  }

  /** A path that cannot be served leaves the one before it in force. */
  async setEngineSocket(path: string): Promise<void> {
    checkSocketPath(path)
    const before = this.#engineSocket
    const problem = await this.#serveEngine(path)
    if (problem === undefined) return
    if (before !== undefined && before !== path) await this.#serveEngine(before)
    throw new DesktopError('host/socket', `${path}: ${problem}`)
  }

  /** Gives why it cannot. */
  async #serveEngine(path: string): Promise<string | undefined> {
    const guest = { address: this.#settings?.address ?? '', port: enginePort }
    const listen = { kind: 'unix', path, mode: 0o600 } as const
    const [state] = await this.setPorts('engine', [{ id: 'docker.sock', protocol: 'tcp', listen, guest }])
    const serves = state?.state === 'listening'
    this.#engineSocket = serves ? path : undefined
    return serves ? undefined : (state?.error ?? 'not listening')
  }

  ports(): readonly PortState[] {
    return this.#forwarder?.ports() ?? []
  }

  /** A connection of a terminal in the guest. */
  dialShell(): Promise<Duplex> {
    return this.#required().dial(this.#settings?.address ?? '', shellPort)
  }

  flows(): readonly FlowView[] {
    return this.#forwarder?.flows() ?? []
  }

  metrics(): readonly Metric[] {
    return this.#forwarder?.metrics() ?? []
  }

  /** Frames from now on into `response`, until there is enough or the network is replaced. */
  capture(request: CaptureRequest, response: Writable, enough: Promise<unknown>): Promise<CaptureCounters> {
    const replaced = this.#replaced.promise
    return runCapture(this.#required(), request, response, Promise.race([enough, replaced]))
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
    await this.#closeForwarder()
  }
}
