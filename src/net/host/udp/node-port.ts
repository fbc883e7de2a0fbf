/** UDP socket of Node, for systems on which Node cannot be bypassed. */
import { createSocket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import type { EventLoop } from '../event-loop.ts'
import { family, SocketAddress } from '../sockaddr.ts'
import type { PortEvents, UdpPort } from './port.ts'

type LookupDone = (error: null, address: string, family: number) => void

export class NodePort implements UdpPort {
  readonly fd = -1
  readonly bound: Promise<void>
  readonly #socket
  readonly #hasPeer: boolean
  /** Datagrams queued until the socket is connected. */
  #queued: Buffer[] | undefined
  #isClosed = false

  constructor(loop: EventLoop, at: SocketAddress, events: PortEvents, peer?: SocketAddress) {
    const isIpv6 = at.family === family.inet6
    // Addresses only: Node's own lookup would cost an event loop iteration.
    const lookup = (address: string, _family: unknown, done: LookupDone) =>
      done(null, address, isIpv6 ? 6 : 4)
    const socket = createSocket({ type: isIpv6 ? 'udp6' : 'udp4', lookup: lookup as never })
    this.#socket = socket
    this.#hasPeer = peer !== undefined
    socket.on('message', (bytes, { address, port }) => {
      const from = SocketAddress.from(address.replace(/%.*/, ''), port)
      if (from === undefined) return
      loop.begin()
      events.received(bytes, 0, bytes.length, from)
      loop.end()
    })
    socket.on('error', (error) => {
      loop.begin()
      events.failed(-((error as NodeJS.ErrnoException).errno ?? 0), undefined)
      loop.end()
    })
    this.bound = new Promise((resolve, reject) => {
      socket.once('error', reject)
      socket.bind({ address: at.address, port: at.port, exclusive: true }, () => {
        socket.off('error', reject)
        if (peer === undefined) resolve()
        else this.#connect(peer, resolve)
      })
    })
    if (peer !== undefined) this.#queued = []
    // Callers that do not await `bound` get the error event.
    this.bound.catch(() => {})
  }

  send(bytes: Uint8Array, start: number, end: number, to: SocketAddress): void {
    // Node sends later, when the caller may have reused the bytes.
    const copy = Buffer.from(bytes.subarray(start, end))
    if (this.#queued !== undefined) this.#queued.push(copy)
    else if (this.#hasPeer) this.#socket.send(copy)
    else this.#socket.send(copy, to.port, to.address, () => {})
  }

  flush(): void {}

  [Symbol.dispose](): void {
    this.#isClosed = true
    this.#socket.close()
  }

  #connect(peer: SocketAddress, done: () => void): void {
    // With a callback, Node would also pass the error there.
    this.#socket.once('connect', () => {
      const queued = this.#queued ?? []
      this.#queued = undefined
      if (this.#isClosed) return
      for (const bytes of queued) this.#socket.send(bytes)
      done()
    })
    this.#socket.connect(peer.port, `${peer.address}${zoneOf(peer)}`)
  }
}

/** Node expects the interface name, not its index. */
function zoneOf(peer: SocketAddress): string {
  if (peer.family !== family.inet6 || peer.scope === 0) return ''
  for (const [name, addresses] of Object.entries(networkInterfaces())) {
    if (addresses?.some((it) => it.family === 'IPv6' && it.scopeid === peer.scope)) return `%${name}`
  }
  return ''
}
