/** Who sends to a mapped UDP port, by name, and what the guest knows each by. */
import { FlowTable } from '../flow-table.ts'
import type { UdpClient } from '../udp/inbound.ts'
import type { DatagramPort } from './datagram-port.ts'
import { family, type PeerName } from './peer-name.ts'
import type { Pump } from './pump.ts'

/** Words of an IPv6 address, and the port. */
const keyWords = 5

export class UdpClients {
  readonly #pump: Pump
  readonly #guest: { address: string; port: number }
  readonly #table: FlowTable<UdpClient>

  constructor(pump: Pump, guest: { address: string; port: number }) {
    this.#pump = pump
    this.#guest = guest
    this.#table = new FlowTable(keyWords, pump.stack.host.random32())
  }

  get size(): number {
    return this.#table.size
  }

  /** Undefined: no such guest can be. Answers go by `port`. */
  of(name: PeerName, port: DatagramPort): UdpClient | undefined {
    this.#setKey(name)
    return this.#table.get() ?? this.#open(name.copy(), port)
  }

  close(): void {
    const { inbound } = this.#pump.begin().datagrams
    for (const client of [...this.#table.values()]) inbound.close(client)
    this.#pump.end()
  }

  #open(name: PeerName, port: DatagramPort): UdpClient | undefined {
    const { stack } = this.#pump
    const guest = stack.addressOf(this.#guest.address)
    if (guest === undefined) return undefined
    const client = stack.datagrams.openClient(guest, this.#guest.port, {
      answer: (bytes, start, end) => port.send(bytes, start, end, name),
      onGone: () => {
        this.#setKey(name)
        this.#table.delete()
      },
    })
    this.#setKey(name)
    if (client !== undefined) this.#table.set(client)
    return client
  }

  #setKey({ view, family: kind, port }: PeerName): void {
    const { key } = this.#table
    const isIpv6 = kind === family.inet6
    for (let i = 0; i < 4; i += 1) key[i] = isIpv6 ? view.getInt32(8 + 4 * i) : 0
    if (!isIpv6) key[0] = view.getInt32(4)
    key[4] = port
  }
}
