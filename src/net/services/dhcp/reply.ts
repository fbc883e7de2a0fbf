/** Replies of the DHCP server: options and destination address (RFC 2131 sections 4.1 and 4.3). */
import type { Choice } from './leases.ts'
import { type DhcpMessage, emitMessage, type MessageType, messageType, option } from './message.ts'
import { ascii, linkOptions, readUint32, uint32 } from './options.ts'

export const dhcpServerPort = 67
const dhcpClientPort = 68
const broadcastAddress = 0xffffffff

export interface DhcpReply {
  /** UDP payload; source is our address and port 67. */
  payload: Uint8Array
  /** Destination: the client has no address yet, so do not resolve it by ARP. */
  address: number
  port: number
  /** Six bytes; undefined: resolve `address` by ARP, or route it. */
  mac: Uint8Array | undefined
}

/** A request with all state that the reply may depend on. */
export interface Exchange extends Choice {
  message: DhcpMessage
}

/**
 * Requested lease time (option 51), at most ours and at least 60 s, so that the client does not renew constantly.
 */
export function leaseSeconds({ settings, message }: Exchange): number {
  const asked = readUint32(message.options.get(option.leaseTime)) ?? settings.leaseSeconds
  return Math.min(settings.leaseSeconds, Math.max(60, asked))
}

/** OFFER or ACK: requested options in the client's order, then the other options of the link. */
export function granting(
  exchange: Exchange,
  type: MessageType,
  address: number,
  seconds?: number,
): DhcpReply {
  const { settings, message } = exchange
  const options = heading(exchange, type)
  if (seconds !== undefined) {
    options.set(option.leaseTime, uint32(seconds))
    options.set(option.renewalTime, uint32(Math.floor(seconds / 2)))
    options.set(option.rebindingTime, uint32(Math.floor((seconds * 7) / 8)))
    if (type === messageType.ack && isDiscover(message)) options.set(option.rapidCommit, new Uint8Array())
  }
  const known = linkOptions(settings)
  for (const code of message.options.get(option.parameterList) ?? []) {
    const value = known.get(code)
    if (value !== undefined) options.set(code, value)
  }
  for (const [code, value] of known) if (!options.has(code)) options.set(code, value)
  const clientAddress = type === messageType.ack ? message.clientAddress : 0
  return addressed(message, emit(message, options, { clientAddress, yourAddress: address }), address)
}

export function refusing(exchange: Exchange, why: string): DhcpReply {
  const { message } = exchange
  const options = heading(exchange, messageType.nak).set(option.message, ascii(why))
  // The client's address is in doubt, so only a broadcast is certain to reach it.
  const broadcast = { ...message, broadcast: true, clientAddress: 0 }
  return addressed(broadcast, emit(broadcast, options, { clientAddress: 0, yourAddress: 0 }), 0)
}

function heading({ settings, message }: Exchange, type: MessageType): Map<number, Uint8Array> {
  const options = new Map<number, Uint8Array>([
    [option.messageType, Uint8Array.of(type)],
    [option.serverId, uint32(settings.server)],
  ])
  const clientId = message.options.get(option.clientId)
  // RFC 6842: echo the identifier, so that clients behind one hardware address recognize their replies.
  if (clientId !== undefined) options.set(option.clientId, clientId)
  return options
}

function emit(
  request: DhcpMessage,
  options: ReadonlyMap<number, Uint8Array>,
  addresses: { clientAddress: number; yourAddress: number },
): Uint8Array {
  const limit = request.options.get(option.maxMessageSize)
  const maxBytes = limit?.length === 2 ? Math.min((limit[0]! << 8) | limit[1]!, 1500) - 28 : 0
  const relay = request.options.get(option.relayAgent)
  // RFC 3046 section 2.2: echo the relay agent option, last.
  const all = relay === undefined ? options : new Map([...options, [option.relayAgent, relay]])
  return emitMessage({ ...request, op: 'reply', seconds: 0, ...addresses, options: all }, maxBytes)
}

/**
 * RFC 2131 section 4.1: to the relay, else the client's address, else broadcast if requested, else the hardware
 * address.
 */
function addressed(request: DhcpMessage, payload: Uint8Array, yourAddress: number): DhcpReply {
  const { relayAddress, clientAddress, broadcast, hardwareAddress } = request
  if (relayAddress !== 0) return { payload, address: relayAddress, port: dhcpServerPort, mac: undefined }
  const mac = hardwareAddress.length === 6 ? hardwareAddress : undefined
  if (clientAddress !== 0) return { payload, address: clientAddress, port: dhcpClientPort, mac }
  if (broadcast || mac === undefined) {
    const everyone = new Uint8Array(6).fill(0xff)
    return { payload, address: broadcastAddress, port: dhcpClientPort, mac: everyone }
  }
  return { payload, address: yourAddress, port: dhcpClientPort, mac }
}

function isDiscover(message: DhcpMessage): boolean {
  return message.options.get(option.messageType)?.[0] === messageType.discover
}
