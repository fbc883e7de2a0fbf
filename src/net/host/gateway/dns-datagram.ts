/** Client of a DNS query over UDP. One object is reused for all queries that are answered synchronously. */
import type { GatewayDatagram } from '../../core/host-datagram.ts'
import type { Neighbour } from '../../core/neighbours.ts'
import type { DnsClient } from '../../services/dns/client.ts'
import type { Datagram } from '../../wire/udp.ts'
import type { EventLoop } from '../event-loop.ts'

export class DnsDatagram implements DnsClient {
  readonly channel = 'udp'
  readonly #loop: EventLoop
  readonly #back: Datagram = { source: 0, sourcePort: 0, destination: 0, destinationPort: 0 }
  #neighbour: Neighbour | undefined

  constructor(loop: EventLoop) {
    this.#loop = loop
  }

  get guest(): number {
    return this.#back.destination
  }

  get guestPort(): number {
    return this.#back.destinationPort
  }

  /** Starts the next query, which is answered from the address `answeredBy`. */
  set({ neighbour, source, sourcePort, destinationPort }: GatewayDatagram, answeredBy: number): this {
    const back = this.#back
    back.source = answeredBy
    back.sourcePort = destinationPort
    back.destination = source
    back.destinationPort = sourcePort
    this.#neighbour = neighbour
    return this
  }

  reply(message: Uint8Array, length: number): void {
    if (this.#neighbour === undefined) return
    const family = this.#loop.begin().family(this.#neighbour.address)
    family.udp(this.#neighbour, this.#back, message, 0, length)
    this.#loop.end()
  }

  keep(): DnsClient {
    const kept = new DnsDatagram(this.#loop)
    Object.assign(kept.#back, this.#back)
    kept.#neighbour = this.#neighbour
    return kept
  }
}
