/** The forwarder of one environment and what rides on it: port mappings, docker.sock, published ports. */
import type { Socket } from 'node:net'
import type { DnsSettings, NetworkSettings, PortMapping } from '../config/desired.ts'
import { Publisher } from '../engine/publisher.ts'
import { DesktopError } from '../errors.ts'
import { checkSocketPath } from '../host/directories.ts'
import { Forwarder } from '../net/forwarder.ts'
import type { PortState } from './api.ts'
import type { SupervisorState } from './state.ts'
import type { Log } from './supervisor.ts'

/** Where dockerd's API is in the guest: bound to eth0, so that containers cannot reach it. */
const enginePort = 2375

export class Network implements AsyncDisposable {
  readonly #log: Log
  #forwarder: Forwarder | undefined
  #settings: NetworkSettings | undefined
  #publisher: Publisher | undefined
  #link: Socket | undefined
  /** Publishers follow each other: the one before has let go of its ports when the next begins. */
  #publishing: Promise<void> = Promise.resolve()

  constructor(log: Log) {
    this.#log = log
  }

  /** Makes the forwarder what the state says; an equal network keeps its flows. */
  async restore(state: SupervisorState): Promise<void> {
    const { network } = state
    if (network === undefined) return
    if (JSON.stringify(network) !== JSON.stringify(this.#settings)) {
      await this.#forwarder?.[Symbol.asyncDispose]()
      this.#forwarder = new Forwarder({ network })
      if (state.leases !== undefined) this.#forwarder.importLeases(state.leases)
      this.#settings = network
      if (this.#link !== undefined && !this.#link.destroyed) this.#forwarder.attach(this.#link)
    }
    if (state.dns !== undefined) this.setDns(state.dns)
    await this.setPorts('config', state.ports)
    if (state.engineSocket !== undefined) await this.setEngineSocket(state.engineSocket)
  }

  attach(link: Socket): void {
    this.#link = link
    this.#required().attach(link)
  }

  setDns(dns: DnsSettings): void {
    this.#required().setDns(dns)
  }

  setPorts(owner: PortState['owner'], ports: readonly PortMapping[]): Promise<readonly PortState[]> {
    return this.#required().setPorts(owner, ports)
  }

  async setEngineSocket(path: string): Promise<void> {
    checkSocketPath(path)
    const guest = { address: this.#settings?.address ?? '', port: enginePort }
    const listen = { kind: 'unix', path, mode: 0o600 } as const
    const [state] = await this.setPorts('engine', [{ id: 'docker.sock', protocol: 'tcp', listen, guest }])
    if (state?.state !== 'listening') {
      throw new DesktopError('host/socket', `${path}: ${state?.error ?? 'not listening'}`)
    }
  }

  ports(): readonly PortState[] {
    return this.#forwarder?.ports() ?? []
  }

  leases(): unknown {
    return this.#forwarder?.exportLeases()
  }

  /** Follows the engine's published ports while a VM runs, if that is wanted. */
  follow({ publish, engineSocket, network }: SupervisorState): void {
    void this.#replacePublisher(() => {
      if (publish?.containers !== true || engineSocket === undefined || network === undefined)
        return undefined
      return new Publisher({
        socketPath: engineSocket,
        bind: publish.bind,
        guestAddress: network.address,
        setPorts: async (mappings) => {
          for (const port of await this.setPorts('publish', mappings)) {
            if (port.state === 'failed') this.#log.warn({ port: port.id, error: port.error }, 'not published')
          }
        },
        warn: (message) => this.#log.warn({}, message),
      })
    })
  }

  unfollow(): Promise<void> {
    return this.#replacePublisher(() => undefined)
  }

  #replacePublisher(next: () => Publisher | undefined): Promise<void> {
    this.#publishing = this.#publishing.then(async () => {
      await this.#publisher?.[Symbol.asyncDispose]()
      this.#publisher = next()
    })
    return this.#publishing
  }

  #required(): Forwarder {
    if (this.#forwarder !== undefined) return this.#forwarder
    throw new DesktopError('supervisor/bad-request', 'the network is not set yet')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.unfollow()
    await this.#forwarder?.[Symbol.asyncDispose]()
  }
}
