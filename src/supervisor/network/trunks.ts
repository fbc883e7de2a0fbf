/**
 * Connections between the supervisors of a switch's machines, which carry Ethernet frames: one per pair. The
 * machine with the lower MAC address dials, and reconnects whenever the connection closes, as long as the
 * other is a peer. To a peer on another host, this side always dials, through ssh.
 */
import type { Socket } from 'node:net'
import type { PeerPlace, SocketForward } from '../../config/desired.ts'
import { forwardSocket } from '../../host/ssh/ssh.ts'
import { openStreamAt } from '../api/streams.ts'

/** Retry interval for a peer that is not listening. */
const retryMs = 500
/** Longest retry interval for a host that is unreachable: each attempt starts a program. */
const hostRetryMs = 5_000
/** A peer that accepts the connection replies at once. */
const upgradeMs = 10_000

type Forward = (forward: SocketForward, local: string) => Promise<void>

interface Place {
  control: string
  forward: SocketForward | undefined
  ownMac: string
}

interface Dialled {
  forward: SocketForward | undefined
  over: AbortController
  /** Ends after `over`: no later forward of this place replaces the socket of the next one. */
  ended: Promise<void>
}

const isSame = (a: SocketForward | undefined, b: SocketForward | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

export class Trunks implements Disposable {
  readonly #attach: (socket: Socket) => void
  /** Peers that this side dials, keyed by control socket. */
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

  /** Number of connections that carry frames. */
  get joined(): number {
    return this.#open.size
  }

  set(ownMac: string, peers: readonly PeerPlace[]): void {
    this.#hasPeers = peers.length > 0
    const wanted = new Map(
      peers.flatMap(({ mac, control, forward }) =>
        control !== undefined && (forward !== undefined || ownMac < mac) ? [[control, forward] as const] : [],
      ),
    )
    for (const [control, { over, forward }] of this.#dialled) {
      if (wanted.has(control) && isSame(wanted.get(control), forward)) continue
      over.abort()
      if (!wanted.has(control)) this.#dialled.delete(control)
    }
    // Peers that dial will reconnect if they are still peers.
    if (peers.length === 0) for (const socket of this.#accepted.keys()) socket.destroy()
    for (const [control, forward] of wanted) {
      const before = this.#dialled.get(control)
      if (before?.over.signal.aborted === false) continue
      const over = new AbortController()
      const place = { control, forward, ownMac }
      const ended = (before?.ended ?? Promise.resolve()).then(() => this.#keep(place, over.signal))
      this.#dialled.set(control, { forward, over, ended })
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

  async #keep({ control, forward, ownMac }: Place, signal: AbortSignal): Promise<void> {
    let waitMs = retryMs
    while (!signal.aborted) {
      const socket = await this.#dial({ control, forward, ownMac }).catch(() => undefined)
      waitMs = socket === undefined && forward !== undefined ? Math.min(waitMs * 2, hostRetryMs) : retryMs
      if (socket !== undefined) {
        const leave = (): void => void socket.destroy()
        const closed = new Promise((resolve) => socket.once('close', resolve))
        signal.addEventListener('abort', leave)
        if (signal.aborted) leave()
        else this.#take(socket)
        await closed
        signal.removeEventListener('abort', leave)
      }
      await pause(waitMs, signal)
    }
  }

  async #dial({ control, forward, ownMac }: Place): Promise<Socket> {
    if (forward !== undefined) await this.#forward(forward, control)
    return await openStreamAt(control, `trunk?from=${ownMac}`, { timeoutMs: upgradeMs })
  }

  [Symbol.dispose](): void {
    for (const { over } of this.#dialled.values()) over.abort()
    this.#dialled.clear()
    for (const socket of this.#accepted.keys()) socket.destroy()
  }
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
