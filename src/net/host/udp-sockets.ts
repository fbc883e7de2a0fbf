/** Adapter: one unconnected host socket per UDP flow of a guest. */
import { createSocket, type Socket } from 'node:dgram'
import { systemCode } from '../../errors.ts'
import type { HostDatagram, UdpFlow } from '../udp/nat.ts'
import { formatIpv4, parseIpv4 } from '../wire/addresses.ts'
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
  /** The last destination in both forms, since most sockets have only one. */
  #address = 0
  #addressText = '0.0.0.0'
  #port = 0

  constructor(pump: Pump, flow: UdpFlow) {
    this.#pump = pump
    this.#flow = flow
    const socket = createSocket({ type: 'udp4', lookup: noLookup as never })
    this.#socket = socket
    socket.on('message', (bytes, { address, port }) => {
      this.#pump.begin().udpReceived(flow, bytes, parseIpv4(address), port)
      this.#pump.end()
    })
    socket.on('error', (error) => this.#failed(error))
  }

  send(bytes: Uint8Array, start: number, end: number, address: number, port: number): void {
    if (address !== this.#address) {
      this.#address = address
      this.#addressText = formatIpv4(address)
    }
    this.#port = port
    this.#socket.send(Buffer.from(bytes.subarray(start, end)), port, this.#addressText, (error) => {
      if (error !== null) this.#failed(error)
    })
  }

  close(): void {
    this.#socket.close()
  }

  /** Any error ends the flow; the guest's next datagram begins another one. */
  #failed(error: Error): void {
    const stack = this.#pump.begin()
    if (systemCode(error) === 'ECONNREFUSED') stack.udpRefused(this.#flow, this.#address, this.#port)
    stack.udp.close(this.#flow)
    this.#pump.end()
  }
}
