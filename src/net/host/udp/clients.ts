/**
 * Clients of a mapped UDP port, by address and by the host address that they send to, with their flows to the
 * guest. Replies are sent from that host address: clients ignore other sources.
 */
import { FlowTable } from '../../storage/flow-table.ts'
import type { UdpClient } from '../../udp/inbound.ts'
import type { EventLoop } from '../event-loop.ts'
import { family, type SocketAddress } from '../sockaddr.ts'
import type { UdpPort } from './port.ts'

/** Words of two IPv6 addresses, and the port. */
const keyWords = 9

export class UdpClients {
  readonly #loop: EventLoop
  readonly #guest: { address: string; port: number }
  readonly #table: FlowTable<UdpClient>

  constructor(loop: EventLoop, guest: { address: string; port: number }) {
    this.#loop = loop
    this.#guest = guest
    this.#table = new FlowTable(keyWords, loop.stack.host.random32())
  }

  get size(): number {
    return this.#table.size
  }

  /** Undefined if no guest can have the address. Replies are sent through `port`. */
  of(name: SocketAddress, own: SocketAddress | undefined, port: UdpPort): UdpClient | undefined {
    this.#setKey(name, own)
    return this.#table.get() ?? this.#open(name.copy(), own?.copy(), port)
  }

  close(): void {
    this.#loop.run(({ datagrams }) => {
      for (const client of [...this.#table.values()]) datagrams.inbound.close(client)
    })
  }

  #open(name: SocketAddress, own: SocketAddress | undefined, port: UdpPort): UdpClient | undefined {
    const { stack } = this.#loop
    const guest = stack.addressOf(this.#guest.address)
    if (guest === undefined) return undefined
    const client = stack.datagrams.openClient(guest, this.#guest.port, {
      answer: (bytes, start, end) => port.send(bytes, start, end, name, own),
      onGone: () => {
        this.#setKey(name, own)
        this.#table.delete()
      },
    })
    this.#setKey(name, own)
    if (client !== undefined) this.#table.set(client)
    return client
  }

  #setKey(name: SocketAddress, own: SocketAddress | undefined): void {
    const { key } = this.#table
    key[0] = name.port
    putAddress(key, 1, name)
    if (own === undefined) key.fill(0, 5)
    else putAddress(key, 5, own)
  }
}

function putAddress(key: Int32Array, at: number, { view, family: kind }: SocketAddress): void {
  const isIpv6 = kind === family.inet6
  for (let i = 0; i < 4; i += 1) key[at + i] = isIpv6 ? view.getInt32(8 + 4 * i) : 0
  if (!isIpv6) key[at] = view.getInt32(4)
}
