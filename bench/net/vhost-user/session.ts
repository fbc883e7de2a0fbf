/**
 * One front-end's connection: its messages set up memory and the two rings. A message that is invalid or out of order
 * ends the session; everything that it opened is then released.
 */
import type { EventLoop } from '../../../src/net/host/event-loop.ts'
import type { Readiness } from '../../../src/net/host/linux/readiness.ts'
import { closeFd, ioFlags, sendArray } from '../../../src/net/host/linux/sockets.ts'
import { MappedMemory } from './mapped-memory.ts'
import * as messages from './messages.ts'
import { Queue } from './queue.ts'
import { MessageReceiver } from './unix-socket.ts'

const { request } = messages
/** VHOST_USER_SET_VRING_KICK and others: the message has no descriptor. */
const noFd = 0x100

export interface QueueUser {
  /** The receive queue (0) or the transmit queue (1) was kicked or started. */
  kicked(index: number): void
  closed(): void
}

export class Session {
  readonly queues: readonly [Queue, Queue]
  readonly #fd: number
  readonly #readiness: Readiness
  readonly #user: QueueUser
  readonly #bytes = new Uint8Array(messages.headerBytes + messages.maxPayloadBytes)
  readonly #view = new DataView(this.#bytes.buffer)
  readonly #receiver = new MessageReceiver(this.#bytes)
  #filled = 0
  #fds: number[] = []
  #memory: MappedMemory | undefined
  #isClosed = false

  constructor(loop: EventLoop, fd: number, user: QueueUser) {
    this.#fd = fd
    this.#readiness = loop.readiness!
    this.#user = user
    const queue = (index: number) => new Queue(this.#readiness, () => user.kicked(index))
    this.queues = [queue(0), queue(1)]
    this.#readiness.add(fd, this)
  }

  ready(): void {
    if (!this.#read()) this.close()
  }

  /** Returns false at the end, or after an invalid message. */
  #read(): boolean {
    const { headerBytes } = messages
    for (;;) {
      let end: number = headerBytes
      if (this.#filled >= headerBytes) {
        const payloadBytes = messages.payloadBytesOf(this.#view)
        if (payloadBytes === undefined) return false
        end += payloadBytes
        if (this.#filled === end) {
          if (!this.#complete(payloadBytes)) return false
          continue
        }
      }
      const got = this.#receiver.receive(this.#fd, this.#filled, end - this.#filled, this.#fds)
      if (got < 0) return true
      if (got === 0) return false
      this.#filled += got
    }
  }

  abandoned(): void {
    this.close()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#readiness.remove(this.#fd)
    for (const queue of this.queues) queue.reset()
    for (const fd of this.#fds.splice(0)) closeFd(fd)
    this.#memory?.[Symbol.dispose]()
    this.#memory = undefined
    closeFd(this.#fd)
    this.#user.closed()
  }

  #complete(payloadBytes: number): boolean {
    const fds = this.#fds
    this.#fds = []
    this.#filled = 0
    const payload = new DataView(this.#bytes.buffer, messages.headerBytes, payloadBytes)
    const isSound = this.#take({ request: this.#view.getUint32(0, true), payload }, fds)
    for (const fd of fds) closeFd(fd)
    return isSound
  }

  /** Removes the descriptors that it keeps from `fds`. */
  #take({ request: kind, payload }: messages.Message, fds: number[]): boolean {
    switch (kind) {
      case request.getFeatures:
        return this.#reply(messages.wordReply(kind, messages.features))
      case request.getProtocolFeatures:
        return this.#reply(messages.wordReply(kind, messages.protocolFeatures))
      case request.setFeatures:
        return this.#setFeatures(payload)
      case request.setMemTable:
        return this.#setMemory(payload, fds)
      case request.setVringAddr:
        return this.#setAddresses(payload)
      case request.setVringKick:
      case request.setVringCall:
      case request.setVringErr:
        return this.#setDescriptor(kind, payload, fds)
      case request.setVringNum:
      case request.setVringBase:
      case request.getVringBase:
      case request.setVringEnable:
        return this.#setState(kind, payload)
      case request.resetOwner:
        for (const queue of this.queues) queue.enable(false)
        return true
      case request.setOwner:
      case request.setProtocolFeatures:
        return true
      default:
        return false
    }
  }

  #setFeatures(payload: DataView): boolean {
    const wanted = payload.byteLength < 8 ? 0n : payload.getBigUint64(0, true)
    const { features, requiredFeatures, protocolFeaturesBit } = messages
    if ((wanted & ~features) !== 0n || (wanted & requiredFeatures) !== requiredFeatures) return false
    if ((wanted & protocolFeaturesBit) === 0n) for (const queue of this.queues) queue.enable(true)
    return true
  }

  #setMemory(payload: DataView, fds: readonly number[]): boolean {
    const regions = messages.regionsOf(payload)
    const mapped = regions && MappedMemory.map(regions, fds)
    if (mapped === undefined) return false
    const old = this.#memory
    this.#memory = mapped
    const areSound = this.queues.every((queue) => queue.setMemory(mapped.memory))
    // No ring refers to it any more, and its buffers are detached anyway.
    old?.[Symbol.dispose]()
    return areSound
  }

  #setAddresses(payload: DataView): boolean {
    const addresses = messages.vringAddressesOf(payload)
    const queue = addresses && this.queues[addresses.index]
    if (queue === undefined || this.#memory === undefined) return false
    return queue.setAddresses(addresses!, this.#memory.memory)
  }

  #setDescriptor(kind: number, payload: DataView, fds: number[]): boolean {
    const word = payload.byteLength < 8 ? noFd : payload.getUint32(0, true)
    const queue = this.queues[word & 0xff]
    if (queue === undefined) return false
    const fd = (word & noFd) === 0 ? fds.pop() : undefined
    if (kind === request.setVringCall) queue.setCall(fd)
    else if (kind === request.setVringKick) return queue.setKick(fd)
    else if (fd !== undefined) closeFd(fd)
    return true
  }

  #setState(kind: number, payload: DataView): boolean {
    const state = messages.vringStateOf(payload)
    const queue = state && this.queues[state.index]
    if (queue === undefined) return false
    const { index, value } = state!
    if (kind === request.getVringBase)
      return this.#reply(messages.vringReply(kind, { index, value: queue.stop() }))
    if (kind === request.setVringEnable) queue.enable(value === 1)
    else if (kind === request.setVringNum) queue.size = value
    else queue.base = value
    return true
  }

  #reply(bytes: Uint8Array): boolean {
    return sendArray(this.#fd, bytes, bytes.length, ioFlags) === bytes.length
  }
}
