/** HTTP connections into the VM, kept for a moment: containers are dialled through the forwarder. */
import { Agent, type AgentOptions, type ClientRequest, type ClientRequestArgs } from 'node:http'
import type { Duplex } from 'node:stream'

/** Shorter than servers keep an idle connection (5 s is the shortest that is common). */
const idleMs = 2_000

export type Dial = (address: string, port: number) => Promise<Duplex>

export class GuestAgent extends Agent {
  readonly #dial: Dial
  readonly #idle = new WeakMap<Duplex, NodeJS.Timeout>()

  constructor(dial: Dial) {
    const options: AgentOptions = { keepAlive: true, maxFreeSockets: 32 }
    super(options)
    this.#dial = dial
  }

  override createConnection(
    { host, port }: ClientRequestArgs,
    done?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    this.#dial(host ?? '', Number(port)).then(
      (stream) => done?.(null, asSocket(stream)),
      // No stream comes with an error, which the types of Node do not know.
      (error: unknown) => done?.(error as Error, undefined as unknown as Duplex),
    )
  }

  override keepSocketAlive(stream: Duplex): boolean {
    // It gives a boolean, whatever the types of Node say.
    const isKept = (super.keepSocketAlive(stream) as unknown) !== false
    const timer = setTimeout(() => stream.destroy(), idleMs).unref()
    if (isKept) this.#idle.set(stream, timer)
    else clearTimeout(timer)
    return isKept
  }

  override reuseSocket(stream: Duplex, request: ClientRequest): void {
    clearTimeout(this.#idle.get(stream))
    super.reuseSocket(stream, request)
  }
}

const itself = function (this: Duplex): Duplex {
  return this
}

/** With the methods of a socket that the base class calls. */
function asSocket(stream: Duplex): Duplex {
  for (const name of ['ref', 'unref', 'setKeepAlive', 'setNoDelay', 'setTimeout'])
    if (!(name in stream)) Object.defineProperty(stream, name, { value: itself })
  return stream
}
