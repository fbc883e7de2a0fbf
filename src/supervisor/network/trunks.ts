/**
 * Connections between the supervisors of a switch's machines, which carry Ethernet frames: one per pair. They are
 * dialled again whenever they close, as long as the other is a peer. A trunk between machines on different other hosts
 * passes through a supervisor of the file's host as bytes, so that switches stay a full mesh.
 */
import type { Socket } from 'node:net'
import type { PeerPlace, SocketForward } from '../../config/desired.ts'
import { forwardSocket } from '../../host/ssh/ssh.ts'
import { openStreamAt } from '../api/streams.ts'
import { isSameRoute, keyOf, type Route, type RouteEnd, routesOf, shareSocket } from './routes.ts'

/** Retry interval for a peer that is not listening. */
const retryMs = 500
/** Longest retry interval for a host that is unreachable: each attempt starts a program. */
const hostRetryMs = 5_000
/** A peer that accepts the connection replies at once. */
const upgradeMs = 10_000

type Forward = (forward: SocketForward, local: string) => Promise<void>

interface Dialled {
  route: Route
  over: AbortController
  /** Ends after `over`: no later forward of this route replaces the socket of the next one. */
  ended: Promise<void>
}

export class Trunks implements Disposable {
  readonly #attach: (socket: Socket) => void
  /** Routes that this side dials. */
  readonly #dialled = new Map<string, Dialled>()
  /** Keyed by the MAC address that the peer sent; empty for a peer of an earlier version. */
  readonly #accepted = new Map<Socket, string>()
  readonly #forward: Forward
  readonly #open = new Set<Socket>()
  #hasPeers = false

  /** @param attach takes ownership of the socket; it is closed with the forwarder. */
  constructor(attach: (socket: Socket) => void, forward: Forward = forwardSocket) {
    this.#attach = attach
    this.#forward = forward
  }

  /** Number of connections that carry this machine's frames. */
  get joined(): number {
    return this.#open.size
  }

  set(ownMac: string, peers: readonly PeerPlace[]): void {
    this.#hasPeers = peers.length > 0
    const wanted = new Map(routesOf(ownMac, peers).map((route) => [keyOf(route), route]))
    const left: Dialled[] = []
    for (const [key, one] of this.#dialled) {
      const next = wanted.get(key)
      if (next !== undefined && isSameRoute(next, one.route) && !one.over.signal.aborted) continue
      one.over.abort()
      left.push(one)
      this.#dialled.delete(key)
    }
    // Peers that dial will reconnect if they are still peers.
    if (peers.length === 0) for (const socket of this.#accepted.keys()) socket.destroy()
    for (const [key, route] of wanted) {
      if (this.#dialled.has(key)) continue
      const before = left.filter((one) => shareSocket(one.route, route)).map(({ ended }) => ended)
      const over = new AbortController()
      const ended = Promise.all(before).then(() => this.#keep(route, over.signal))
      this.#dialled.set(key, { route, over, ended })
    }
  }

  /** @param from MAC address of the dialling machine */
  accept(socket: Socket, from: string): void {
    if (!this.#hasPeers) {
      socket.destroy()
      return
    }
    // A peer that dials again has lost its connection, of which this side may never hear.
    for (const [earlier, mac] of this.#accepted) if (from !== '' && mac === from) earlier.destroy()
    this.#accepted.set(socket, from)
    socket.once('close', () => this.#accepted.delete(socket))
    this.#take(socket)
  }

  #take(socket: Socket): void {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    this.#attach(socket)
  }

  async #keep(route: Route, signal: AbortSignal): Promise<void> {
    const isHere = route.every(({ forward }) => forward === undefined)
    let waitMs = retryMs
    while (!signal.aborted) {
      const sockets = await this.#dialAll(route)
      const [first, second] = sockets
      waitMs = first === undefined && !isHere ? Math.min(waitMs * 2, hostRetryMs) : retryMs
      if (first !== undefined) {
        const leave = (): void => {
          for (const socket of sockets) socket.destroy()
        }
        const closed = new Promise((resolve) => first.once('close', resolve))
        signal.addEventListener('abort', leave)
        if (second !== undefined) splice(first, second)
        if (signal.aborted) leave()
        else if (second === undefined) this.#take(first)
        await closed
        signal.removeEventListener('abort', leave)
      }
      await pause(waitMs, signal)
    }
  }

  /** Connections to all ends; none if one cannot be reached. */
  async #dialAll(route: Route): Promise<readonly Socket[]> {
    const dialled = await Promise.allSettled(route.map((end) => this.#dial(end)))
    const sockets = dialled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    // One may have closed while the other was dialled.
    if (sockets.length === route.length && sockets.every(({ destroyed }) => !destroyed)) return sockets
    for (const one of sockets) one.destroy()
    return []
  }

  async #dial({ control, forward, from }: RouteEnd): Promise<Socket> {
    if (forward !== undefined) await this.#forward(forward, control)
    const socket = await openStreamAt(control, `trunk?from=${from}`, { timeoutMs: upgradeMs })
    // Its user gets `close`.
    return socket.on('error', () => {})
  }

  [Symbol.dispose](): void {
    for (const { over } of this.#dialled.values()) over.abort()
    this.#dialled.clear()
    for (const socket of this.#accepted.keys()) socket.destroy()
  }
}

/** Each end closes with the other. */
function splice(a: Socket, b: Socket): void {
  a.pipe(b)
  b.pipe(a)
  a.once('close', () => b.destroy())
  b.once('close', () => a.destroy())
}

/** Ends early on abort, and does not keep the process alive. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    timer.unref()
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
