/**
 * Private link between the host and one VM: the host dials ports of the VM. There is no DHCP, DNS, ping or
 * external access. Connections from the VM are refused, except to ports that are mapped to unix sockets of the
 * host.
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
import { dialUnix, type NodeSocket } from './host/tcp/node-socket.ts'
import { tcpSockets } from './host/tcp/open-sockets.ts'
import { Stack } from './stack.ts'
import type { StackHost } from './stack-host.ts'
import type { TcpConnection } from './tcp/connection.ts'

/** Limit of concurrent connections from the VM to host sockets; further ones are refused. */
export const maxGuestDials = 64

export class PrivateLink implements StackHost, AsyncDisposable {
  readonly #network: NetworkSettings
  readonly #loop: EventLoop
  readonly #dialler: GuestDialler
  readonly #ports: PortTable
  readonly #links = new Set<LinkHandle>()
  /** Port → path of the unix socket. */
  readonly #sockets = new Map<number, string>()
  #guestDials = 0

  constructor(network: NetworkSettings) {
    this.#network = network
    this.#loop = new EventLoop(new Stack(linkAddresses(network), this, clockMs(), { isIsolated: true }))
    this.#dialler = new GuestDialler(this.#loop, this.random32())
    this.#ports = new PortTable(this.#loop, tcpSockets(this.#loop), this.#dialler)
  }

  /** Attaches the VM's card, a QEMU stream netdev; closes the previous one. */
  attach(stream: Duplex): void {
    for (const link of this.#links) link.close()
    const link = attachLink(this.#loop, stream, 'u32-be')
    this.#links.add(link)
    void link.closed.then(() => this.#links.delete(link))
  }

  /** Like `Forwarder.setPorts`, for ports of the VM. */
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

  /** Like `Forwarder.restoreFiles`. */
  restoreFiles(): Promise<readonly string[]> {
    return this.#ports.restoreFiles()
  }

  ports(): readonly PortStatus[] {
    return this.#ports.states()
  }

  /** Opens a connection to a port of the VM; rejects if it is refused or times out. */
  dial(port: number): Promise<Duplex> {
    return this.#dialler.dial({ address: this.#network.address, port })
  }

  /** Like `Forwarder.endFlows`. */
  endFlows(): void {
    this.#loop.run(({ tcp }) => tcp.abortAll(() => true))
  }

  flows(): readonly FlowView[] {
    return flowsOf(this.#loop.stack, clockMs())
  }

  /**
   * Maps a port that the VM dials to a unix socket of the host; undefined path: removes the mapping. Resets open
   * connections.
   */
  setSocket(port: number, path: string | undefined): void {
    if (this.#sockets.get(port) === path) return
    if (path === undefined) this.#sockets.delete(port)
    else this.#sockets.set(port, path)
    this.#loop.run(({ tcp }) => tcp.abortAll((connection) => connection.port === port))
  }

  /** Implements `StackHost`. */
  dialTcp(connection: TcpConnection): NodeSocket | undefined {
    const { address, port } = connection
    const path = address === this.#loop.stack.addresses.host ? this.#sockets.get(port) : undefined
    if (path === undefined || this.#guestDials >= maxGuestDials) return undefined
    this.#guestDials += 1
    return dialUnix(this.#loop, connection, path, () => {
      this.#guestDials -= 1
    })
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
