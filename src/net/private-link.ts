/**
 * A link between the host and one VM with nothing else on it: the host dials ports of the VM. There is no DHCP, DNS, ping or
 * way out, and whatever the VM dials is refused.
 */
import type { Duplex } from 'node:stream'
import type { NetworkSettings, PortMapping } from '../config/desired.ts'
import type { PortOwner, PortStatus } from './core/port-status.ts'
import { linkAddresses } from './core/settings.ts'
import { type FlowView, flowsOf } from './flows.ts'
import { clockMs, EventLoop } from './host/event-loop.ts'
import { attachLink, type LinkHandle } from './host/links/link-socket.ts'
import { PortTable } from './host/ports/table.ts'
import { randomWord } from './host/random-word.ts'
import { GuestDialler } from './host/tcp/guest-dialler.ts'
import { Stack } from './stack.ts'
import type { StackHost } from './stack-host.ts'

export class PrivateLink implements StackHost, AsyncDisposable {
  readonly #network: NetworkSettings
  readonly #loop: EventLoop
  readonly #dialler: GuestDialler
  readonly #ports: PortTable
  readonly #links = new Set<LinkHandle>()

  constructor(network: NetworkSettings) {
    this.#network = network
    this.#loop = new EventLoop(new Stack(linkAddresses(network), this, clockMs(), { isIsolated: true }))
    this.#dialler = new GuestDialler(this.#loop, this.random32())
    this.#ports = new PortTable(this.#loop, this.#dialler)
  }

  /** The VM's card, as QEMU's stream netdev; the one before it is let go of. */
  attach(stream: Duplex): void {
    for (const link of this.#links) link.close()
    const link = attachLink(this.#loop, stream, 'u32-be')
    this.#links.add(link)
    void link.closed.then(() => this.#links.delete(link))
  }

  /** As `Forwarder.setPorts`, for ports of the VM. */
  setPorts(
    owner: PortOwner,
    mappings: readonly Omit<PortMapping, 'guest'>[],
    port: number,
  ): Promise<readonly PortStatus[]> {
    const guest = { address: this.#network.address, port }
    return this.#ports.set(
      owner,
      mappings.map((mapping) => ({ ...mapping, guest })),
    )
  }

  /** As `Forwarder.restoreFiles`. */
  restoreFiles(): Promise<readonly string[]> {
    return this.#ports.restoreFiles()
  }

  ports(): readonly PortStatus[] {
    return this.#ports.states()
  }

  /** A connection to a port of the VM; rejects when it is refused or nobody answers. */
  dial(port: number): Promise<Duplex> {
    return this.#dialler.dial({ address: this.#network.address, port })
  }

  /** As `Forwarder.endFlows`. */
  endFlows(): void {
    this.#loop.run(({ tcp }) => tcp.abortAll(() => true))
  }

  flows(): readonly FlowView[] {
    return flowsOf(this.#loop.stack, clockMs())
  }

  /** Of `StackHost`: there is nothing that the VM may dial. */
  dialTcp(): undefined {
    return undefined
  }

  openUdp(): undefined {
    return undefined
  }

  serveUdp(): boolean {
    return false
  }

  sendEcho(): boolean {
    return false
  }

  isTaken(): boolean {
    return false
  }

  clockMs(): number {
    return performance.now()
  }

  random32(): number {
    return randomWord()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ports[Symbol.asyncDispose]()
    this.endFlows()
    for (const link of this.#links) link.close()
    this.#loop.close()
  }
}
