/** Sockets of the host for a subject on a real link. */
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HostEnd } from './subject.ts'

const patienceMs = 500

async function poll<T>(look: () => T | undefined): Promise<T | undefined> {
  const untilMs = performance.now() + patienceMs
  for (;;) {
    const found = look()
    if (found !== undefined || performance.now() > untilMs) return found
    await sleep(5)
  }
}

export class RealHost implements HostEnd {
  readonly #socket: Socket
  #received = 0
  #isGuestDone = false
  #isFailed = false
  #hasError = false

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      this.#received += chunk.length
    })
    socket.on('end', () => {
      this.#isGuestDone = true
    })
    socket.on('error', () => {
      this.#isFailed = true
      this.#hasError = true
    })
  }

  send(bytes: number): void {
    this.#socket.write(Buffer.alloc(bytes, 'x'))
  }

  async receive(bytes: number, isPeek: boolean): Promise<number | 'again' | 'reset'> {
    const isThere = (): true | undefined =>
      this.#received > 0 || this.#isGuestDone || this.#isFailed || undefined
    await poll(isThere)
    // What came in several pieces.
    if (this.#received > 0) await sleep(20)
    const count = Math.min(bytes, this.#received)
    if (count === 0) {
      if (this.#isFailed) return 'reset'
      return this.#isGuestDone ? 0 : 'again'
    }
    if (!isPeek) this.#received -= count
    return count
  }

  shutDown(): void {
    this.#socket.end()
  }

  close(): void {
    this.#socket.destroy()
  }

  async takeError(): Promise<boolean> {
    await sleep(100)
    const hadError = this.#hasError
    this.#hasError = false
    return hadError
  }
}

/** Listens on both loopbacks, while a script says so. */
export class HostServer {
  readonly port: number
  #servers: Server[] = []
  readonly #accepted: RealHost[] = []

  constructor(port: number) {
    this.port = port
  }

  async listen(): Promise<void> {
    for (const host of ['127.0.0.1', '::1']) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        this.#accepted.push(new RealHost(socket))
      })
      server.listen(this.port, host)
      await once(server, 'listening')
      this.#servers.push(server)
    }
  }

  async stop(): Promise<void> {
    for (const server of this.#servers.splice(0)) server.close()
    for (const host of this.#accepted.splice(0)) host.close()
  }

  async accept(): Promise<RealHost | undefined> {
    return await poll(() => this.#accepted.shift())
  }
}
