/** Adapter: one unconnected host socket per UDP flow of a guest. */
import { createSocket, type Socket } from 'node:dgram'
import type { HostDatagram, UdpFlow } from '../udp/nat.ts'
import { formatIpv4, parseIpv4 } from '../wire/addresses.ts'
import { option, setIpOption, takeIcmpError } from './icmp-errors.ts'
import type { Pump } from './pump.ts'

type LookupDone = (error: null, address: string, family: number) => void

/** Addresses are numbers already; Node's own lookup would cost a trip through the event loop. */
export function noLookup(address: string, _family: unknown, done: LookupDone): void {
  done(null, address, 4)
}

export class UdpSocket implements HostDatagram {
  readonly #pump: Pump
  readonly #flow: UdpFlow
  readonly #socket: Socket
  readonly #fd: number
  /** The last destination in both forms, since most sockets have only one. */
  #address = 0
  #addressText = '0.0.0.0'
  #ttl = plainTtl

  constructor(pump: Pump, flow: UdpFlow) {
    this.#pump = pump
    this.#flow = flow
    const socket = createSocket({ type: 'udp4', lookup: noLookup as never })
    this.#socket = socket
    socket.on('message', (bytes, { address, port }) => {
      this.#pump.begin().datagrams.received(flow, bytes, parseIpv4(address), port)
      this.#pump.end()
    })
    socket.on('error', () => this.#failed())
    // With an address that needs no lookup this is done when it returns, and the options can be set.
    socket.bind()
    this.#fd = descriptorOf(socket)
    setIpOption(this.#fd, option.receiveErrors, 1)
  }

  send(bytes: Uint8Array, start: number, end: number, address: number, port: number, ttl: number): void {
    this.#setTtl(Math.min(ttl, plainTtl))
    if (address !== this.#address) {
      this.#address = address
      this.#addressText = formatIpv4(address)
    }
    this.#socket.send(Buffer.from(bytes.subarray(start, end)), port, this.#addressText, (error) => {
      if (error !== null) this.#failed()
    })
  }

  close(): void {
    this.#socket.close()
  }

  /** A traceroute's datagrams go as far as it wants; others as far as the host's own. */
  #setTtl(ttl: number): void {
    if (ttl === this.#ttl) return
    this.#ttl = ttl
    setIpOption(this.#fd, option.ttl, ttl)
  }

  /** What came by ICMP is passed on and the flow stays (RFC 4787 REQ-12); any other error ends it. */
  #failed(): void {
    const stack = this.#pump.begin()
    let wasTold = false
    for (let error = takeIcmpError(this.#fd); error !== undefined; error = takeIcmpError(this.#fd)) {
      wasTold = true
      stack.datagrams.failed(this.#flow, error)
    }
    if (!wasTold) stack.datagrams.nat.close(this.#flow)
    this.#pump.end()
  }
}

/** Below it a guest means that a datagram should not get far. */
const plainTtl = 63

/** Node has no public way to it. Without, options stay unset and errors untold. */
function descriptorOf(socket: Socket): number {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'state symbol')
  const state = key && (socket as unknown as Record<symbol, { handle?: { fd?: number } } | undefined>)[key]
  return state?.handle?.fd ?? -1
}
