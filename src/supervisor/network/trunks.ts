/**
 * Connections between the supervisors of a switch's machines, which carry Ethernet frames: one per pair. The
 * machine with the lower MAC address dials, and reconnects whenever the connection closes, as long as the
 * other is a peer.
 */
import type { Socket } from 'node:net'
import type { PeerPlace } from '../../config/desired.ts'
import { openStreamAt } from '../api/streams.ts'

/** Retry interval for a peer that is not listening. */
const retryMs = 500

export class Trunks implements Disposable {
  readonly #attach: (socket: Socket) => void
  /** Peers that this side dials, keyed by control socket. */
  readonly #dialled = new Map<string, AbortController>()
  readonly #accepted = new Set<Socket>()
  readonly #open = new Set<Socket>()
  #hasPeers = false

  /** @param attach takes ownership of the socket; it is closed with the forwarder. */
  constructor(attach: (socket: Socket) => void) {
    this.#attach = attach
  }

  /** Number of connections that carry frames. */
  get joined(): number {
    return this.#open.size
  }

  set(ownMac: string, peers: readonly PeerPlace[]): void {
    this.#hasPeers = peers.length > 0
    const wanted = new Set(peers.filter(({ mac }) => ownMac < mac).map(({ control }) => control))
    for (const [control, over] of this.#dialled) {
      if (wanted.has(control)) continue
      over.abort()
      this.#dialled.delete(control)
    }
    // Peers that dial will reconnect if they are still peers.
    if (peers.length === 0) for (const socket of this.#accepted) socket.destroy()
    for (const control of wanted) {
      if (this.#dialled.has(control)) continue
      const over = new AbortController()
      this.#dialled.set(control, over)
      void this.#keep(control, over.signal)
    }
  }

  accept(socket: Socket): void {
    if (!this.#hasPeers) {
      socket.destroy()
      return
    }
    this.#accepted.add(socket)
    socket.once('close', () => this.#accepted.delete(socket))
    this.#take(socket)
  }

  #take(socket: Socket): void {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
    this.#attach(socket)
  }

  async #keep(control: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const socket = await openStreamAt(control, 'trunk').catch(() => undefined)
      if (socket !== undefined) {
        const leave = (): void => void socket.destroy()
        const closed = new Promise((resolve) => socket.once('close', resolve))
        signal.addEventListener('abort', leave)
        if (signal.aborted) leave()
        else this.#take(socket)
        await closed
        signal.removeEventListener('abort', leave)
      }
      await pause(retryMs, signal)
    }
  }

  [Symbol.dispose](): void {
    for (const over of this.#dialled.values()) over.abort()
    this.#dialled.clear()
    for (const socket of this.#accepted) socket.destroy()
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
