/** A UDP socket of Node's, where there is no way past it. */
import { createSocket } from 'node:dgram'
import type { DatagramPort, PortEvents } from './datagram-port.ts'
import { family, PeerName } from './peer-name.ts'
import type { Pump } from './pump.ts'

type LookupDone = (error: null, address: string, family: number) => void

export class NodePort implements DatagramPort {
  readonly fd = -1
  readonly bound: Promise<void>
  readonly #socket

  constructor(pump: Pump, at: PeerName, events: PortEvents) {
    const isIpv6 = at.family === family.inet6
    // Addresses only: Node's own lookup would cost a trip through the event loop.
    const lookup = (address: string, _family: unknown, done: LookupDone) =>
      done(null, address, isIpv6 ? 6 : 4)
    const socket = createSocket({ type: isIpv6 ? 'udp6' : 'udp4', lookup: lookup as never })
    this.#socket = socket
    socket.on('message', (bytes, { address, port }) => {
      const from = PeerName.from(address.replace(/%.*/, ''), port)
      if (from === undefined) return
      pump.begin()
      events.received(bytes, 0, bytes.length, from)
      pump.end()
    })
    socket.on('error', (error) => {
      pump.begin()
      events.failed(-((error as NodeJS.ErrnoException).errno ?? 0), undefined)
      pump.end()
    })
    this.bound = new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.bind({ address: at.address, port: at.port, exclusive: true }, () => {
        socket.off('error', reject)
        resolve()
      })
    })
    // Who does not wait for it has the event.
    this.bound.catch(() => {})
  }

  send(bytes: Uint8Array, start: number, end: number, to: PeerName): void {
    // Node sends later, when the caller's bytes are others.
    this.#socket.send(Buffer.from(bytes.subarray(start, end)), to.port, to.address, () => {})
  }

  flush(): void {}

  [Symbol.dispose](): void {
    this.#socket.close()
  }
}
