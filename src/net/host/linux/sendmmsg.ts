/**
 * Batched sends. Datagrams are copied to a buffer and sent by one sendmmsg(2) at the end of the burst, when the
 * buffer is full, or when another socket sends. Datagrams of equal size to one destination, the last of which may
 * be shorter, become one message that the kernel segments (UDP_SEGMENT, udp(7)): it passes the kernel's network
 * layer once.
 */
import { SocketAddress } from '../sockaddr.ts'
import { lastErrno, libcFunction } from './libc.ts'
import { at, headerBytes, MessageMemory, mostMessages } from './msghdr.ts'
import { writeOwnAddress } from './own-address.ts'

const sendmmsg = libcFunction('int sendmmsg(int fd, void *messages, uint32_t count, int flags)')
/** MSG_DONTWAIT, MSG_NOSIGNAL. */
const flags = 0x4040
const errno = { interrupted: 4, again: 11, noBuffers: 105 } as const
/** EIO, EINVAL, EMSGSIZE: the route does not support segmentation, or not at this size. */
const cannotCut: ReadonlySet<number> = new Set([5, 22, 90])
const udpLevel = 17
const udpSegment = 103
const segmentControlBytes = 24
const dataBytes = 512 * 1024
/** The largest UDP payload over IPv4, and the number of segments that every kernel accepts. */
const mostCutBytes = 65_507
const mostSegments = 64

/** State of a socket for the outbox. */
export interface Sender {
  readonly fd: number
  /** The kernel may segment its messages. Not if a datagram exceeds the route's MTU. */
  canCut: boolean
  /** A datagram was not sent, for a reason other than full buffers. */
  sendFailed(errno: number, to: SocketAddress): void
}

interface Message {
  /** Offset of its first datagram. */
  start: number
  bytes: number
  /** Size of each datagram except the last. */
  segmentBytes: number
  segments: number
  readonly to: SocketAddress
  /** Source address if `hasOwn`; otherwise the kernel chooses it. */
  readonly own: SocketAddress
  hasOwn: boolean
}

export class Outbox {
  readonly #memory = new MessageMemory(dataBytes)
  readonly #messages: readonly Message[]
  #count = 0
  #filled = 0
  #sender: Sender | undefined
  /** Datagrams dropped because the kernel's buffers were full. */
  lost = 0

  constructor() {
    this.#messages = Array.from({ length: mostMessages }, () => {
      const names = { to: new SocketAddress(), own: new SocketAddress(), hasOwn: false }
      return { start: 0, bytes: 0, segmentBytes: 0, segments: 0, ...names }
    })
  }

  /** Queues a datagram; the arguments may be reused after the call. */
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

  /** Sends all queued datagrams. */
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
        // Probably a pending error of an earlier datagram, which is reported only once.
        isRepeated = true
      }
    }
  }

  /** Call before a socket is closed. */
  flushOf(sender: Sender): void {
    if (sender === this.#sender) this.flush()
  }

  /** Appends the datagram to the last message; returns whether that was possible. */
  #extend(length: number, to: SocketAddress, own: SocketAddress | undefined): boolean {
    if (this.#count === 0 || !this.#sender!.canCut || length === 0) return false
    const last = this.#messages[this.#count - 1]!
    const { bytes, segmentBytes, segments } = last
    // A shorter datagram is the last of its message.
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

  /** Writes the control data without a segment size; returns its size. */
  #sealOwn(i: number): number {
    const { view } = this.#memory
    const { own, hasOwn } = this.#messages[i]!
    const bytes = hasOwn ? writeOwnAddress(view, this.#memory.controlAt(i), own) : 0
    view.setUint32(i * headerBytes + at.controlBytes, bytes, true)
    return bytes
  }

  /** Used if the kernel cannot segment. */
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
