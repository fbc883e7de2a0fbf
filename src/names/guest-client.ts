/**
 * HTTP/1.1 client for containers with a short-lived connection pool. Node's client copies each body chunk for the
 * garbage collector; this one forwards chunks without copying.
 */
import type { Dial } from './dial.ts'
import { GuestConnection, type GuestRequest, type Requester } from './guest-connection.ts'

/** Shorter than servers' idle timeouts (the shortest common one is 5 s). */
const idleMs = 2_000
const maxIdle = 32

interface Idle {
  connection: GuestConnection
  timer: NodeJS.Timeout
}

export class GuestClient implements Disposable {
  readonly #dial: Dial
  readonly #open = new Set<GuestConnection>()
  /** Keyed by address and port; longest idle first. */
  readonly #idle = new Map<string, Idle[]>()

  constructor(dial: Dial) {
    this.#dial = dial
  }

  /** Returns a function that aborts the request; after the response it does nothing. */
  send(address: string, port: number, request: GuestRequest, requester: Requester): () => void {
    const exchange = new Exchange(request, requester)
    const known = this.#takeIdle(`${address}:${port}`)
    const fresh = (): void => {
      this.#connect(address, port).then(
        (connection) => exchange.begin(connection),
        (error: unknown) => exchange.failed(error as Error),
      )
    }
    if (known === undefined) fresh()
    // The server may have closed the idle connection while the request was in flight.
    else exchange.begin(known, isRepeatable(request) ? fresh : undefined)
    return () => exchange.cancel()
  }

  async #connect(address: string, port: number): Promise<GuestConnection> {
    const key = `${address}:${port}`
    const connection = new GuestConnection(await this.#dial(address, port), (changed) => {
      if (changed.isIdle) this.#keep(key, changed)
      else this.#forget(key, changed)
    })
    this.#open.add(connection)
    return connection
  }

  #takeIdle(key: string): GuestConnection | undefined {
    const idle = this.#idle.get(key)?.pop()
    clearTimeout(idle?.timer)
    return idle?.connection
  }

  #keep(key: string, connection: GuestConnection): void {
    const kept = this.#idle.get(key) ?? []
    this.#idle.set(key, kept)
    kept.push({ connection, timer: setTimeout(() => connection.destroy(), idleMs).unref() })
    if (kept.length > maxIdle) kept[0]?.connection.destroy()
  }

  #forget(key: string, connection: GuestConnection): void {
    this.#open.delete(connection)
    const kept = this.#idle.get(key) ?? []
    const left = kept.filter((idle) => idle.connection !== connection)
    for (const idle of kept) if (idle.connection === connection) clearTimeout(idle.timer)
    if (left.length === 0) this.#idle.delete(key)
    else this.#idle.set(key, left)
  }

  [Symbol.dispose](): void {
    for (const connection of this.#open) connection.destroy()
  }
}

/** A request that may be retried on another connection. */
class Exchange {
  readonly #request: GuestRequest
  readonly #requester: Requester
  #connection: GuestConnection | undefined
  #isOver = false

  constructor(request: GuestRequest, requester: Requester) {
    this.#request = request
    this.#requester = requester
  }

  /** @param again retries the request if there was no response */
  begin(connection: GuestConnection, again?: () => void): void {
    if (this.#isOver) {
      connection.destroy()
      return
    }
    this.#connection = connection
    const requester = this.#requester
    connection.ask(this.#request, {
      head: (head) => requester.head(head),
      body: (bytes, written) => requester.body(bytes, written),
      switched: (stream, first) => {
        this.#isOver = true
        requester.switched(stream, first)
      },
      end: () => {
        this.#isOver = true
        requester.end()
      },
      failed: (error) => {
        if (connection.isUnanswered && again !== undefined && !this.#isOver) again()
        else this.failed(error)
      },
    })
  }

  failed(error: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#requester.failed(error)
  }

  cancel(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#connection?.destroy()
  }
}

const isRepeatable = ({ body, method, isUpgrade }: GuestRequest): boolean =>
  body === undefined && !isUpgrade && ['GET', 'HEAD', 'OPTIONS'].includes(method)
