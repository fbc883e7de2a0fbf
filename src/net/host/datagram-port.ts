/**
 * A UDP socket of the host. On Linux it bypasses Node: batched reads and writes, a few system calls for many
 * datagrams and no allocation for any. Elsewhere it is a Node socket.
 */
import koffi from 'koffi'
import { mostMessages } from './message-memory.ts'
import { NodePort } from './node-port.ts'
import type { Sender } from './outbox.ts'
import { receiveOwnAddresses } from './own-address.ts'
import { family, type PeerName } from './peer-name.ts'
import type { Pump } from './pump.ts'
import type { Waiting } from './readiness.ts'
import {
  bindSocket,
  closeFd,
  connectSocket,
  datagramKind,
  openSocket,
  setBothFamilies,
  setOption,
} from './socket-calls.ts'
import { systemError } from './system-error.ts'

export interface PortEvents {
  /** The bytes and the names are valid during the call only. `own`: the destination, with `receivesOwn`. */
  received(bytes: Uint8Array, start: number, end: number, from: PeerName, own?: PeerName): void
  /** There is an error to be told: in the socket's error queue, or this one. */
  failed(errno: number, to: PeerName | undefined): void
}

export interface DatagramPort extends Disposable {
  /** -1 when it is not known. */
  readonly fd: number
  /** Rejects with the system's error. */
  readonly bound: Promise<void>
  /** Without `own` the kernel chooses the address that it leaves from. */
  send(bytes: Uint8Array, start: number, end: number, to: PeerName, own?: PeerName): void
  /** Sends what waits, before an option of the socket changes. */
  flush(): void
}

const socketLevel = 1
const receiveBuffer = 8
const sendBuffer = 7
/** As far as the system allows (net.core.rmem_max): a burst waits here while another flow has its turn. */
const bufferBytes = new Int32Array([2 * 1024 * 1024])
/** One socket may take so many batches before the others have their turn. */
const mostBatches = 4

class DirectPort implements DatagramPort, Sender, Waiting {
  readonly fd: number
  readonly bound: Promise<void> = Promise.resolve()
  canCut = true
  readonly #pump: Pump
  readonly #events: PortEvents
  #isOpen = true

  constructor(pump: Pump, fd: number, events: PortEvents) {
    this.fd = fd
    this.#pump = pump
    this.#events = events
  }

  send(bytes: Uint8Array, start: number, end: number, to: PeerName, own?: PeerName): void {
    this.#pump.outbox.send(this, bytes, start, end, to, own)
  }

  flush(): void {
    this.#pump.outbox.flushOf(this)
  }

  sendFailed(errno: number, to: PeerName): void {
    this.#events.failed(errno, to)
  }

  ready(): void {
    const { inbox } = this.#pump
    this.#pump.begin()
    for (let batch = 0; batch < mostBatches && this.#isOpen; batch += 1) {
      const count = inbox.receive(this.fd)
      // Readable without anything to read: there is something in its error queue.
      if (count < 0 && batch === 0) this.#events.failed(koffi.errno(), undefined)
      for (let i = 0; i < count && this.#isOpen; i += 1) {
        this.#events.received(inbox.bytes, inbox.start(i), inbox.end(i), inbox.from(i), inbox.own(i))
      }
      if (count < mostMessages) break
    }
    this.#pump.end()
  }

  [Symbol.dispose](): void {
    if (!this.#isOpen) return
    this.flush()
    this.#isOpen = false
    this.#pump.readiness?.remove(this.fd)
    closeFd(this.fd)
  }
}

interface PortOptions {
  /** Connects the socket: nothing comes from elsewhere, and a refusal of the peer is reported. */
  peer?: PeerName
  /** Reports the destination of each datagram. Node's sockets cannot. */
  receivesOwn?: boolean
}

/** Bound to that name; port 0 is any. Throws the system's error where it is known at once. */
export function openDatagramPort(
  pump: Pump,
  at: PeerName,
  events: PortEvents,
  { peer, receivesOwn = false }: PortOptions = {},
): DatagramPort {
  if (pump.readiness === undefined) return new NodePort(pump, at, events, peer)
  const fd = openSocket(at.family, datagramKind, 0)
  if (fd < 0) throw systemError('socket', koffi.errno())
  for (const option of [receiveBuffer, sendBuffer]) {
    setOption(fd, socketLevel, option, bufferBytes, bufferBytes.byteLength)
  }
  if (at.family === family.inet6) setBothFamilies(fd)
  if (receivesOwn) receiveOwnAddresses(fd, at.family)
  const port = new DirectPort(pump, fd, events)
  const isOpen =
    bindSocket(fd, at.bytes, at.length) === 0 &&
    (peer === undefined || connectSocket(fd, peer.bytes, peer.length) === 0) &&
    pump.readiness.add(fd, port)
  if (isOpen) return port
  const error = systemError(peer === undefined ? 'bind' : 'connect', koffi.errno())
  closeFd(fd)
  throw error
}
