/**
 * Datagrams to send by the batch. They are copied behind one another, and leave in one sendmmsg(2) when the burst
 * ends, when there is no room, or when another socket's turn comes. Equal ones to one destination, with a shorter one
 * at most at the end, become one message that the kernel cuts (UDP_SEGMENT, udp(7)): they pass its network layer at
 * the price of one.
 */
import { SocketAddress } from '../sockaddr.ts'
import { lastErrno, libcFunction } from './libc.ts'
import { at, headerBytes, MessageMemory, mostMessages } from './msghdr.ts'
import { writeOwnAddress } from './own-address.ts'

const sendmmsg = libcFunction('int sendmmsg(int fd, void *messages, uint32_t count, int flags)')
/** MSG_DONTWAIT, MSG_NOSIGNAL. */
const flags = 0x4040
const errno = { interrupted: 4, again: 11, noBuffers: 105 } as const
/** EIO, EINVAL, EMSGSIZE: the way out does not cut, or not so small. */
const cannotCut: ReadonlySet<number> = new Set([5, 22, 90])
const udpLevel = 17
const udpSegment = 103
const segmentControlBytes = 24
const dataBytes = 512 * 1024
/** The largest UDP payload over IPv4, and the number of segments that every kernel accepts. */
const mostCutBytes = 65_507
const mostSegments = 64

/** A socket as the outbox knows it. */
export interface Sender {
  readonly fd: number
  /** The kernel may cut its messages. It cannot where a datagram is larger than the MTU of the way out. */
  canCut: boolean
  /** A datagram was not sent, and not for want of room. */
  sendFailed(errno: number, to: SocketAddress): void
}

interface Message {
  /** Of all its datagrams, behind the start of the data. */
  start: number
  bytes: number
  /** Of each datagram but the last. */
  segmentBytes: number
  segments: number
  readonly to: SocketAddress
  /** The own address that it leaves from, where `hasOwn`; otherwise the kernel chooses. */
  readonly own: SocketAddress
  hasOwn: boolean
}

export class Outbox {
  readonly #memory = new MessageMemory(dataBytes)
  readonly #messages: readonly Message[]
  #count = 0
  #filled = 0
  #sender: Sender | undefined
  /** Datagrams for which the kernel had no room. */
  lost = 0

  constructor() {
    this.#messages = Array.from({ length: mostMessages }, () => {
      const names = { to: new SocketAddress(), own: new SocketAddress(), hasOwn: false }
      return { start: 0, bytes: 0, segmentBytes: 0, segments: 0, ...names }
    })
  }

  /** Puts it with the others; the bytes and names are the caller's again when this returns. */
  send(
    sender: Sender,
    bytes: Uint8Array,
    start: number,
    end: number,
    to: SocketAddress,
    own?: SocketAddress,
  ): void {
    const length = end - start
    const isFull = this.#count === mostMessages || this.#filled + length > dataBytes
    if (sender !== this.#sender || isFull) this.flush()
    this.#sender = sender
    if (!this.#extend(length, to, own)) this.#begin(length, to, own)
    const memory = this.#memory
    memory.bytes.set(bytes.subarray(start, end), memory.dataAt + this.#filled)
    this.#filled += length
  }

  /** Hands all of it to the kernel. */
  flush(): void {
    const sender = this.#sender
    const count = this.#count
    this.#sender = undefined
    this.#count = 0
    this.#filled = 0
    if (sender === undefined) return
    this.#seal(count)
    let isRepeated = false
    for (let i = 0; i < count; ) {
      const sent = this.#call(sender, i, count - i)
      if (sent > 0) {
        i += sent
        isRepeated = false
        continue
      }
      const code = lastErrno()
      const { segments, to } = this.#messages[i]!
      if (code === errno.again || code === errno.noBuffers) {
        for (; i < count; i += 1) this.lost += this.#messages[i]!.segments
      } else if (segments > 1 && cannotCut.has(code)) {
        sender.canCut = false
        this.#sendOneByOne(sender, i)
        i += 1
      } else if (isRepeated && code !== errno.interrupted) {
        sender.sendFailed(code, to)
        isRepeated = false
        i += 1
      } else {
        // Most likely an error of an earlier datagram; it is reported once.
        isRepeated = true
      }
    }
  }

  /** Before a socket is closed. */
  flushOf(sender: Sender): void {
    if (sender === this.#sender) this.flush()
  }

  /** True when the datagram now belongs to the last message. */
  #extend(length: number, to: SocketAddress, own: SocketAddress | undefined): boolean {
    if (this.#count === 0 || !this.#sender!.canCut || length === 0) return false
    const last = this.#messages[this.#count - 1]!
    const { bytes, segmentBytes, segments } = last
    // After a shorter one there can be none.
    if (length > segmentBytes || bytes !== segments * segmentBytes) return false
    if (segments === mostSegments || bytes + length > mostCutBytes || !last.to.equals(to)) return false
    if (last.hasOwn ? own === undefined || !last.own.equals(own) : own !== undefined) return false
    last.bytes += length
    last.segments += 1
    return true
  }

  #begin(length: number, to: SocketAddress, own: SocketAddress | undefined): void {
    const message = this.#messages[this.#count]!
    message.start = this.#filled
    message.bytes = length
    message.segmentBytes = length
    message.segments = 1
    message.to.bytes.set(to.bytes)
    message.hasOwn = own !== undefined
    if (own !== undefined) message.own.bytes.set(own.bytes)
    this.#count += 1
  }

  /** Writes the headers of the first `count` messages. */
  #seal(count: number): void {
    const memory = this.#memory
    for (let i = 0; i < count; i += 1) {
      const { start, bytes, segmentBytes, segments, to } = this.#messages[i]!
      const header = i * headerBytes
      memory.setPart(i, memory.dataAt + start, bytes)
      memory.bytes.set(to.bytes, memory.nameAt(i))
      memory.view.setUint32(header + at.nameBytes, to.length, true)
      const ownBytes = this.#sealOwn(i)
      if (segments === 1) continue
      const segmentAt = memory.controlAt(i) + ownBytes
      memory.view.setUint32(segmentAt, 18, true)
      memory.view.setUint32(segmentAt + 4, 0, true)
      memory.view.setUint32(segmentAt + 8, udpLevel, true)
      memory.view.setUint32(segmentAt + 12, udpSegment, true)
      memory.view.setUint16(segmentAt + 16, segmentBytes, true)
      memory.view.setUint32(header + at.controlBytes, ownBytes + segmentControlBytes, true)
    }
  }

  /** The control data without a segment size; gives its bytes. */
  #sealOwn(i: number): number {
    const { view } = this.#memory
    const { own, hasOwn } = this.#messages[i]!
    const bytes = hasOwn ? writeOwnAddress(view, this.#memory.controlAt(i), own) : 0
    view.setUint32(i * headerBytes + at.controlBytes, bytes, true)
    return bytes
  }

  /** Where the kernel does not cut. */
  #sendOneByOne(sender: Sender, i: number): void {
    const memory = this.#memory
    const { start, bytes, segmentBytes, to } = this.#messages[i]!
    this.#sealOwn(i)
    for (let done = 0; done < bytes; done += segmentBytes) {
      memory.setPart(i, memory.dataAt + start + done, Math.min(segmentBytes, bytes - done))
      if (this.#call(sender, i, 1) < 0) sender.sendFailed(lastErrno(), to)
    }
  }

  #call({ fd }: Sender, first: number, count: number): number {
    return sendmmsg!(fd, this.#memory.pointers[first], count, flags)
  }
}
