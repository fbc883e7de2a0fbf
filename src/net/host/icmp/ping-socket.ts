/**
 * Adapter: forwards guests' echo requests. One socket per family: an unprivileged ping socket if
 * net.ipv4.ping_group_range includes our group, otherwise a raw socket if we are root. Node cannot poll either
 * kind, so a timer reads it while replies are pending. Linux only; elsewhere `send` returns false.
 */
import { sumOf } from '../../wire/checksum.ts'
import { icmpHeaderBytes, icmpType } from '../../wire/icmp.ts'
import { icmp6Type } from '../../wire/icmp6.ts'
import { type IpOptions, ipOptions, ipv6Options, setIpOption, takeIcmpError } from '../linux/icmp-errors.ts'
import { addressOf, libcFunction } from '../linux/libc.ts'
import { closeFd, newFlags, openSocket, receiveBytes, setOption } from '../linux/sockets.ts'

/** Differences between the families. */
interface PingFamily {
  domain: number
  protocol: number
  echo: number
  echoReply: number
  options: IpOptions
  /** Size of sockaddr_in or sockaddr_in6, and offset of the address. */
  addressBytes: number
  addressAt: number
  /** Filter of raw sockets: only replies. */
  filter: { level: number; words: readonly number[] }
  /** Raw sockets of this family include the IP header. */
  hasRawHeader: boolean
}

export const pingFamily: { readonly ipv4: PingFamily; readonly ipv6: PingFamily } = {
  ipv4: {
    domain: 2,
    protocol: 1,
    echo: icmpType.echo,
    echoReply: icmpType.echoReply,
    options: ipOptions,
    addressBytes: 16,
    addressAt: 4,
    filter: { level: 255, words: [~(1 << icmpType.echoReply)] },
    hasRawHeader: true,
  },
  ipv6: {
    domain: 10,
    protocol: 58,
    echo: icmp6Type.echo,
    echoReply: icmp6Type.echoReply,
    options: ipv6Options,
    addressBytes: 28,
    addressAt: 8,
    filter: { level: 58, words: Array.from({ length: 8 }, (_, i) => (i === 4 ? ~(1 << (129 & 31)) : -1)) },
    hasRawHeader: false,
  },
}

const kind = { datagram: 2, raw: 3 } as const
/** ICMP_FILTER and ICMP6_FILTER. */
const icmpFilter = 1
const dontFragmentNever = 0

const sendto = libcFunction(
  'long sendto(int fd, const void *bytes, size_t length, int flags, const void *to, uint32_t toBytes)',
)

export interface EchoError {
  type: number
  code: number
  info: number
  /** Valid during the call only. */
  source: Uint8Array
}

export interface PingHandlers {
  /** Valid during the call only. */
  replied(sequence: number, payload: Uint8Array): void
  failed(sequence: number, error: EchoError): void
  /** Milliseconds until the next poll; undefined: no replies are pending. */
  nextLookMs(): number | undefined
}

export class PingSocket implements Disposable {
  readonly #family: PingFamily
  readonly #handlers: PingHandlers
  readonly #received = Buffer.alloc(65_535)
  readonly #receivedAt = addressOf(this.#received)
  readonly #identifier: number
  #fd: number | undefined
  #isRaw = false
  #ttl = 0
  #timer: NodeJS.Timeout | undefined

  constructor(family: PingFamily, handlers: PingHandlers, identifier: number) {
    this.#family = family
    this.#handlers = handlers
    this.#identifier = identifier & 0xffff
  }

  /** Returns false if not permitted, or if there is no route. */
  send(destination: Uint8Array, ttl: number, sequence: number, payload: Uint8Array): boolean {
    const fd = this.#open()
    if (fd === undefined || sendto === undefined) return false
    const { domain, echo, options, addressBytes, addressAt } = this.#family
    if (ttl !== this.#ttl) setIpOption(fd, options.level, options.ttl, ttl)
    this.#ttl = ttl
    const message = new Uint8Array(icmpHeaderBytes + payload.length)
    const view = new DataView(message.buffer)
    message.set(payload, icmpHeaderBytes)
    view.setUint8(0, echo)
    view.setUint16(4, this.#identifier)
    view.setUint16(6, sequence)
    // For ICMPv6 the kernel computes the checksum, because it selects the source address.
    view.setUint16(2, ~sumOf(view, 0, message.length))
    const to = Buffer.alloc(addressBytes)
    to.writeUInt16LE(domain, 0)
    to.set(destination, addressAt)
    let sent = sendto(fd, message, message.length, 0, to, to.length) as number
    // The next call on the socket reports an error of an earlier ping and sends nothing, so retry.
    if (sent < 0) {
      this.#look()
      sent = sendto(fd, message, message.length, 0, to, to.length) as number
    }
    this.#arm()
    return sent === message.length
  }

  #open(): number | undefined {
    if (this.#fd !== undefined || sendto === undefined) return this.#fd
    const { domain, protocol, options, filter } = this.#family
    const open = (type: number): number => openSocket(domain, type | newFlags, protocol)
    let fd = open(kind.datagram)
    if (fd < 0) {
      fd = open(kind.raw)
      this.#isRaw = true
    }
    if (fd < 0) return undefined
    setIpOption(fd, options.level, options.receiveErrors, 1)
    // Allow fragmentation, as the guest's own stack would.
    setIpOption(fd, options.level, options.mtuDiscover, dontFragmentNever)
    const onlyReplies = Int32Array.from(filter.words)
    if (this.#isRaw) setOption(fd, filter.level, icmpFilter, onlyReplies, onlyReplies.byteLength)
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

  /** Reads all pending errors and replies. */
  #look(): void {
    const fd = this.#fd
    if (fd === undefined) return
    for (let error = takeIcmpError(fd); error !== undefined; error = takeIcmpError(fd)) {
      const { datagram, type, code, info, source } = error
      if (datagram.length < icmpHeaderBytes) continue
      this.#handlers.failed((datagram[6]! << 8) | datagram[7]!, { type, code, info, source })
    }
    for (;;) {
      const bytes = receiveBytes(fd, this.#receivedAt, this.#received.length, 0)
      if (bytes < 0) return
      const at = this.#isRaw && this.#family.hasRawHeader ? (this.#received[0]! & 15) * 4 : 0
      if (bytes < at + icmpHeaderBytes || this.#received[at] !== this.#family.echoReply) continue
      // A raw socket receives the replies to all pings of this host.
      if (this.#isRaw && this.#received.readUInt16BE(at + 4) !== this.#identifier) continue
      const payload = this.#received.subarray(at + icmpHeaderBytes, bytes)
      this.#handlers.replied(this.#received.readUInt16BE(at + 6), payload)
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    if (this.#fd !== undefined) closeFd(this.#fd)
    this.#fd = undefined
  }
}
