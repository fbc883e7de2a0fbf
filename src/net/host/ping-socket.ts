/**
 * Adapter: echo requests of guests to the world. One socket for all: an unprivileged ping socket where
 * net.ipv4.ping_group_range has our group, else a raw one where we are root. Node cannot wait for either, so it
 * is read by a timer, only while an answer is due. Linux only; elsewhere `send` says no.
 */
import koffi from 'koffi'
import { sumOf } from '../wire/checksum.ts'
import { icmpHeaderBytes, icmpType } from '../wire/icmp.ts'
import { option, setIpOption, takeIcmpError } from './icmp-errors.ts'

const inet = 2
const kind = { datagram: 2, raw: 3 } as const
const nonBlockingCloseOnExec = 0o4000 | 0o2000000
const icmpProtocol = 1
const rawLevel = 255
const icmpFilter = 1
const dontFragmentNever = 0

const libc = process.platform === 'linux' ? koffi.load(null) : undefined
const openSocket = libc?.func('int socket(int domain, int type, int protocol)')
const closeFd = libc?.func('int close(int fd)')
const setsockopt = libc?.func(
  'int setsockopt(int fd, int level, int name, const void *value, uint32_t bytes)',
)
const sendto = libc?.func(
  'long sendto(int fd, const void *bytes, size_t length, int flags, const void *to, uint32_t toBytes)',
)
const recv = libc?.func('long recv(int fd, void *bytes, size_t length, int flags)')

export interface EchoError {
  type: number
  code: number
  info: number
  source: number
}

export interface PingHandlers {
  /** Valid during the call only. */
  replied(sequence: number, payload: Uint8Array): void
  failed(sequence: number, error: EchoError): void
  /** Milliseconds until the socket is looked at again; undefined: nothing is due. */
  nextLookMs(): number | undefined
}

export class PingSocket implements Disposable {
  readonly #handlers: PingHandlers
  readonly #received = Buffer.alloc(65_535)
  readonly #identifier: number
  #fd: number | undefined
  #isRaw = false
  #ttl = 0
  #timer: NodeJS.Timeout | undefined

  constructor(handlers: PingHandlers, identifier: number) {
    this.#handlers = handlers
    this.#identifier = identifier & 0xffff
  }

  /** False when this host does not let us, or has no way there. */
  send(destination: number, ttl: number, sequence: number, payload: Uint8Array): boolean {
    const fd = this.#open()
    if (fd === undefined || sendto === undefined) return false
    if (ttl !== this.#ttl) setIpOption(fd, option.ttl, ttl)
    this.#ttl = ttl
    const message = new Uint8Array(icmpHeaderBytes + payload.length)
    const view = new DataView(message.buffer)
    message.set(payload, icmpHeaderBytes)
    view.setUint8(0, icmpType.echo)
    view.setUint16(4, this.#identifier)
    view.setUint16(6, sequence)
    view.setUint16(2, ~sumOf(view, 0, message.length))
    const to = Buffer.alloc(16)
    to.writeUInt16LE(inet, 0)
    to.writeInt32BE(destination, 4)
    let sent = sendto(fd, message, message.length, 0, to, to.length) as number
    // An error of an earlier ping is told by the next call, which then did nothing else.
    if (sent < 0) {
      this.#look()
      sent = sendto(fd, message, message.length, 0, to, to.length) as number
    }
    this.#arm()
    return sent === message.length
  }

  #open(): number | undefined {
    if (this.#fd !== undefined || openSocket === undefined) return this.#fd
    const open = (type: number): number => openSocket(inet, type | nonBlockingCloseOnExec, icmpProtocol)
    let fd = open(kind.datagram)
    if (fd < 0) {
      fd = open(kind.raw)
      this.#isRaw = true
    }
    if (fd < 0) return undefined
    setIpOption(fd, option.receiveErrors, 1)
    // What is larger than the way allows goes in fragments, as from the guest's own stack.
    setIpOption(fd, option.mtuDiscover, dontFragmentNever)
    const onlyReplies = new Int32Array([~(1 << icmpType.echoReply)])
    if (this.#isRaw) setsockopt?.(fd, rawLevel, icmpFilter, onlyReplies, 4)
    this.#fd = fd
    return fd
  }

  #arm(): void {
    if (this.#timer !== undefined) return
    const waitMs = this.#handlers.nextLookMs()
    if (waitMs === undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#look()
      this.#arm()
    }, waitMs).unref()
  }

  /** Takes all that has come. */
  #look(): void {
    const fd = this.#fd
    if (fd === undefined || recv === undefined) return
    for (let error = takeIcmpError(fd); error !== undefined; error = takeIcmpError(fd)) {
      const { datagram, type, code, info, source } = error
      if (datagram.length < icmpHeaderBytes) continue
      this.#handlers.failed((datagram[6]! << 8) | datagram[7]!, { type, code, info, source })
    }
    for (;;) {
      const bytes = recv(fd, this.#received, this.#received.length, 0) as number
      if (bytes < 0) return
      const at = this.#isRaw ? (this.#received[0]! & 15) * 4 : 0
      if (bytes < at + icmpHeaderBytes || this.#received[at] !== icmpType.echoReply) continue
      // A raw socket sees the answers to every ping of this host.
      if (this.#isRaw && this.#received.readUInt16BE(at + 4) !== this.#identifier) continue
      const payload = this.#received.subarray(at + icmpHeaderBytes, bytes)
      this.#handlers.replied(this.#received.readUInt16BE(at + 6), payload)
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    if (this.#fd !== undefined) closeFd?.(this.#fd)
    this.#fd = undefined
  }
}
