/**
 * DHCP messages (RFC 2131 section 2, RFC 2132), bytes ⇄ plain values. IPv4 addresses are 32-bit numbers.
 *
 *    0 op  1 htype  2 hlen  3 hops    4 xid         8 secs  10 flags
 *   12 ciaddr     16 yiaddr         20 siaddr      24 giaddr
 *   28 chaddr (16 bytes)            44 sname (64)  108 file (128)
 *  236 magic cookie 99.130.83.99   240 options: code, length, value …, 255
 */

export const messageType = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const
export type MessageType = (typeof messageType)[keyof typeof messageType]

export const option = {
  pad: 0,
  subnetMask: 1,
  router: 3,
  dnsServers: 6,
  hostName: 12,
  domainName: 15,
  interfaceMtu: 26,
  broadcastAddress: 28,
  ntpServers: 42,
  requestedAddress: 50,
  leaseTime: 51,
  overload: 52,
  messageType: 53,
  serverId: 54,
  parameterList: 55,
  message: 56,
  maxMessageSize: 57,
  renewalTime: 58,
  rebindingTime: 59,
  clientId: 61,
  rapidCommit: 80,
  relayAgent: 82,
  domainSearch: 119,
  classlessRoutes: 121,
  end: 255,
} as const

const offset = {
  ciaddr: 12,
  yiaddr: 16,
  giaddr: 24,
  chaddr: 28,
  sname: 44,
  file: 108,
  cookie: 236,
  options: 240,
}
const magicCookie = 0x63825363
/** RFC 951 clients may drop anything shorter than a BOOTP message. */
const minMessageBytes = 300
/** Size that every client accepts: a 576-byte IP datagram minus IP and UDP headers (RFC 2131 section 2). */
const minMaxMessageBytes = 576 - 28

export interface DhcpMessage {
  op: 'request' | 'reply'
  hardwareType: number
  transactionId: number
  seconds: number
  broadcast: boolean
  clientAddress: number
  yourAddress: number
  relayAddress: number
  /** `hlen` bytes of chaddr. */
  hardwareAddress: Uint8Array
  /** In order of reception or transmission; repeated codes are joined (RFC 3396). */
  options: ReadonlyMap<number, Uint8Array>
}

/** The parsed message; undefined if malformed. A malformed option ends the option list. */
export function parseMessage(bytes: Uint8Array): DhcpMessage | undefined {
  if (bytes.length < offset.options) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const op = bytes[0] === 1 ? 'request' : bytes[0] === 2 ? 'reply' : undefined
  const hardwareLength = bytes[2]!
  if (op === undefined || hardwareLength > 16 || view.getUint32(offset.cookie) !== magicCookie)
    return undefined
  return {
    op,
    hardwareType: bytes[1]!,
    transactionId: view.getUint32(4),
    seconds: view.getUint16(8),
    broadcast: (view.getUint16(10) & 0x8000) !== 0,
    clientAddress: view.getUint32(offset.ciaddr),
    yourAddress: view.getUint32(offset.yiaddr),
    relayAddress: view.getUint32(offset.giaddr),
    hardwareAddress: copyOf(bytes, offset.chaddr, hardwareLength),
    options: parseAllOptions(bytes),
  }
}

/** The options field, then `file` and `sname` if option 52 marks them as options. */
function parseAllOptions(bytes: Uint8Array): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>()
  parseOptions(bytes.subarray(offset.options), options)
  const overload = options.get(option.overload)?.[0] ?? 0
  if (overload & 1) parseOptions(bytes.subarray(offset.file, offset.cookie), options)
  if (overload & 2) parseOptions(bytes.subarray(offset.sname, offset.file), options)
  return options
}

function parseOptions(field: Uint8Array, into: Map<number, Uint8Array>): void {
  let at = 0
  while (at < field.length) {
    const code = field[at]!
    if (code === option.end) return
    if (code === option.pad) {
      at += 1
      continue
    }
    const length = field[at + 1]
    if (length === undefined || at + 2 + length > field.length) return
    const value = copyOf(field, at + 2, length)
    const earlier = into.get(code)
    into.set(code, earlier === undefined ? value : joined(earlier, value))
    at += 2 + length
  }
}

/** `slice` of a Node Buffer would share its memory. */
function copyOf(bytes: Uint8Array, start: number, length: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, start + length))
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/**
 * Serializes a message of at most `maxBytes` (but never less than the 548 that every client accepts). Options
 * that do not fit are omitted, so the map must be in order of importance; values over 255 bytes are split into
 * several options (RFC 3396).
 */
export function emitMessage(message: DhcpMessage, maxBytes: number): Uint8Array {
  const limit = Math.max(maxBytes, minMaxMessageBytes)
  const bytes = new Uint8Array(limit)
  const view = new DataView(bytes.buffer)
  bytes[0] = message.op === 'request' ? 1 : 2
  bytes[1] = message.hardwareType
  bytes[2] = message.hardwareAddress.length
  view.setUint32(4, message.transactionId)
  view.setUint16(8, message.seconds)
  view.setUint16(10, message.broadcast ? 0x8000 : 0)
  view.setUint32(offset.ciaddr, message.clientAddress)
  view.setUint32(offset.yiaddr, message.yourAddress)
  view.setUint32(offset.giaddr, message.relayAddress)
  bytes.set(message.hardwareAddress, offset.chaddr)
  view.setUint32(offset.cookie, magicCookie)
  let at = offset.options
  for (const [code, value] of message.options) {
    const parts = Math.max(1, Math.ceil(value.length / 255))
    if (at + value.length + 2 * parts + 1 > limit) continue
    for (let part = 0; part < parts; part += 1) {
      const chunk = value.subarray(part * 255, (part + 1) * 255)
      bytes[at] = code
      bytes[at + 1] = chunk.length
      bytes.set(chunk, at + 2)
      at += 2 + chunk.length
    }
  }
  bytes[at] = option.end
  return bytes.subarray(0, Math.max(at + 1, minMessageBytes))
}
