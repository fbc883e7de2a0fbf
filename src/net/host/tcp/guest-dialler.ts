/** Connections from the host to guests: from the gateway's address, each with a unique port. */
import type { Duplex } from 'node:stream'
import type { HostStream } from '../../core/host-stream.ts'
import type { TcpConnection } from '../../tcp/connection.ts'
import type { EventLoop } from '../event-loop.ts'
import { GuestStream } from './guest-stream.ts'

const firstPort = 32_768
const ports = 28_232

export class GuestDialler {
  readonly #loop: EventLoop
  #next: number

  constructor(loop: EventLoop, seed: number) {
    this.#loop = loop
    this.#next = (seed >>> 0) % ports
  }

  /** Opens a connection as a stream; rejects if it is refused or times out. */
  dial(to: { address: string; port: number }): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const stream = new GuestStream(this.#loop, (error) => (error ? reject(error) : resolve(stream)))
      const connection = this.open(to, stream.hostEnd)
      if (connection === undefined)
        reject(new Error(`${to.address}:${to.port}: connection table full, or not a guest address`))
      else stream.connection = connection
    })
  }

  /** Undefined if no guest can have the address, or the table is full. The address is text. */
  open(to: { address: string; port: number }, host: HostStream): TcpConnection | undefined {
    return this.#loop.run((stack) => {
      const guestAddress = stack.addressOf(to.address)
      if (guestAddress === undefined) return undefined
      const address = stack.gatewayFor(guestAddress)
      for (let tries = 0; tries < ports; tries += 1) {
        this.#next = (this.#next + 1) % ports
        const flow = {
          guestAddress,
          guestPort: to.port,
          address,
          port: firstPort + this.#next,
        }
        if (stack.tcp.isFree(flow)) return stack.tcp.connect(flow, host)
      }
      return undefined
    })
  }
}
