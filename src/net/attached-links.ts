/** Links of a forwarder, for all framings: guests, trunks to other machines' switches, VMN3T clients. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { EventLoop } from './host/event-loop.ts'
import { attachLink, type LinkHandle } from './host/links/link-socket.ts'
import { acceptVmn3t } from './host/links/vmn3t-socket.ts'
import type { Framing } from './link/link.ts'
import type { MacTable } from './link/mac-table.ts'

export class AttachedLinks {
  readonly #loop: EventLoop
  readonly #macTable: MacTable
  readonly #isOffloaded: boolean
  readonly #links = new Set<LinkHandle>()
  /** VMN3T clients, including those in the handshake. */
  readonly #clients = new Set<Socket>()

  /** @param isOffloaded guests use checksum offload, and the virtual card does not fill the checksums */
  constructor(loop: EventLoop, macTable: MacTable, isOffloaded: boolean) {
    this.#loop = loop
    this.#macTable = macTable
    this.#isOffloaded = isOffloaded
  }

  attach(stream: Duplex, framing: Framing): LinkHandle {
    return this.#attach(stream, framing, { isOffloaded: this.#isOffloaded })
  }

  attachTrunk(stream: Duplex): LinkHandle {
    return this.#attach(stream, 'u32-be', { isTrunk: true })
  }

  #attach(
    stream: Duplex,
    framing: Framing,
    options: { isOffloaded?: boolean; isTrunk?: boolean },
  ): LinkHandle {
    const link = attachLink(this.#loop, stream, framing, options)
    this.#links.add(link)
    void link.closed.then(() => this.#links.delete(link))
    return link
  }

  /** Assigns a MAC in the handshake, then attaches the link. */
  attachVmn3t(stream: Socket): void {
    this.#clients.add(stream)
    stream.once('close', () => this.#clients.delete(stream))
    acceptVmn3t(stream, this.#macTable, (up) => this.attach(up, 'u16-le'))
  }

  close(): void {
    for (const link of this.#links) link.close()
    for (const client of this.#clients) client.destroy()
  }
}
