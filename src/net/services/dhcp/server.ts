/**
 * DHCP server of the link (RFC 2131) as one function: settings, lease table, message and time yield a reply and
 * the next table. As the link's only server it is authoritative: a client with a wrong address gets a NAK
 * immediately instead of a timeout.
 */
import { addressFor, type Choice, type Client, type LeaseTable, leaseOf, withLease } from './leases.ts'
import { type DhcpMessage, messageType, option, parseMessage } from './message.ts'
import { type DhcpSettings, netmask, readUint32 } from './options.ts'
import { type DhcpReply, type Exchange, granting, leaseSeconds, refusing } from './reply.ts'

/** How long an offered address is reserved for the client. */
const offerMs = 60_000
/** How long a declined address (DECLINE: already in use) is not leased. */
const quarantineMs = 600_000

export interface DhcpOutcome {
  table: LeaseTable
  reply?: DhcpReply
  /** Action taken, for logs and counters. */
  did: 'ignored' | 'offer' | 'ack' | 'nak' | 'release' | 'decline' | 'exhausted'
}

/**
 * Answers a message to UDP port 67; messages that are not valid requests to us leave the table unchanged.
 * @param holderOf MAC that currently sends from an address
 */
export function answerDhcp(
  settings: DhcpSettings,
  table: LeaseTable,
  payload: Uint8Array,
  nowMs: number,
  holderOf: Choice['holderOf'] = () => undefined,
): DhcpOutcome {
  const message = parseMessage(payload)
  if (message === undefined || !isForUs(settings, message)) return { table, did: 'ignored' }
  const exchange: Exchange = { settings, table, message, who: clientOf(message), nowMs, holderOf }
  switch (message.options.get(option.messageType)?.[0]) {
    case messageType.discover:
      return discover(exchange)
    case messageType.request:
      return request(exchange)
    case messageType.inform:
      return inform(exchange)
    case messageType.release:
      return release(exchange)
    case messageType.decline:
      return decline(exchange)
    default:
      return { table, did: 'ignored' }
  }
}

function isForUs({ subnet }: DhcpSettings, message: DhcpMessage): boolean {
  const { op, relayAddress: relay, hardwareAddress, options } = message
  // A relay requests addresses of its own network (RFC 2131 section 4.3.1), and we serve only one network.
  const isOfLink = relay === 0 || (relay & netmask(subnet.prefix)) >>> 0 === subnet.network
  const isIdentified = hardwareAddress.length > 0 || clientId(options) !== undefined
  return op === 'request' && isOfLink && isIdentified
}

function discover(exchange: Exchange): DhcpOutcome {
  const { table, message, who, nowMs } = exchange
  const wanted = readUint32(message.options.get(option.requestedAddress))
  const address = addressFor(exchange, wanted)
  if (address === undefined) return { table, did: 'exhausted' }
  // RFC 4039: the client waives the second round trip.
  if (message.options.has(option.rapidCommit)) return bind(exchange, address)
  const held = table.get(address)
  const keep = held?.client === who.client && held.state === 'bound' && held.expiresAtMs > nowMs
  const offered = { ...who, address, state: 'offered', expiresAtMs: nowMs + offerMs } as const
  return {
    table: keep ? table : withLease(table, offered),
    reply: granting(exchange, messageType.offer, address, leaseSeconds(exchange)),
    did: 'offer',
  }
}

/**
 * The four client states (RFC 2131 section 4.3.2): SELECTING names a server; INIT-REBOOT names an address;
 * RENEWING (unicast) and REBINDING (broadcast) fill ciaddr. One rule covers them all: acknowledge the address
 * that this client should have.
 */
function request(exchange: Exchange): DhcpOutcome {
  const { settings, table, message } = exchange
  const server = readUint32(message.options.get(option.serverId))
  if (server !== undefined && server !== settings.server) return takenElsewhere(exchange)
  const wanted = readUint32(message.options.get(option.requestedAddress)) ?? message.clientAddress
  if (wanted === 0) return { table, did: 'ignored' }
  if (addressFor(exchange, wanted) === wanted) return bind(exchange, wanted)
  return { table, reply: refusing(exchange, 'not your address on this network'), did: 'nak' }
}

/** The client chose another server: our offer becomes free. */
function takenElsewhere({ table, who }: Exchange): DhcpOutcome {
  const offered = leaseOf(table, who)
  if (offered?.state !== 'offered') return { table, did: 'ignored' }
  const next = new Map(table)
  next.delete(offered.address)
  return { table: next, did: 'ignored' }
}

function bind(exchange: Exchange, address: number): DhcpOutcome {
  const { table, who, nowMs } = exchange
  const seconds = leaseSeconds(exchange)
  const expiresAtMs = nowMs + seconds * 1000
  return {
    table: withLease(table, { ...who, address, state: 'bound', expiresAtMs }),
    reply: granting(exchange, messageType.ack, address, seconds),
    did: 'ack',
  }
}

/** The client is configured otherwise and requests the other options; no lease times (RFC 2131 section 4.3.5). */
function inform(exchange: Exchange): DhcpOutcome {
  const { table, message } = exchange
  if (message.clientAddress === 0) return { table, did: 'ignored' }
  return { table, reply: granting(exchange, messageType.ack, 0, undefined), did: 'ack' }
}

/** The address may be reassigned, but the lease is kept for this client's next request. */
function release({ settings, table, message, who, nowMs }: Exchange): DhcpOutcome {
  const server = readUint32(message.options.get(option.serverId))
  const lease = leaseOf(table, who)
  const isOthers = server !== undefined && server !== settings.server
  if (isOthers || lease === undefined || lease.address !== message.clientAddress) {
    return { table, did: 'ignored' }
  }
  return { table: withLease(table, { ...lease, state: 'released', expiresAtMs: nowMs }), did: 'release' }
}

/** The client found the address in use (RFC 2131 section 4.3.3). */
function decline({ settings, table, message, who, nowMs }: Exchange): DhcpOutcome {
  const address = readUint32(message.options.get(option.requestedAddress))
  const server = readUint32(message.options.get(option.serverId))
  const lease = leaseOf(table, who)
  if (server !== settings.server || lease === undefined || lease.address !== address) {
    return { table, did: 'ignored' }
  }
  const declined = { ...lease, state: 'declined', expiresAtMs: nowMs + quarantineMs } as const
  return { table: withLease(table, declined), did: 'decline' }
}

function clientOf(message: DhcpMessage): Client {
  const mac = hex(message.hardwareAddress, ':')
  const id = clientId(message.options)
  const hostName = printable(message.options.get(option.hostName))
  return { client: id === undefined ? `mac:${mac}` : `id:${hex(id, '')}`, mac, hostName }
}

/** RFC 2132 section 9.14: at least two bytes; a shorter identifier is not unique. */
function clientId(options: DhcpMessage['options']): Uint8Array | undefined {
  const id = options.get(option.clientId)
  return id === undefined || id.length < 2 ? undefined : id
}

function printable(bytes: Uint8Array = new Uint8Array()): string {
  return String.fromCharCode(...bytes.subarray(0, 63)).replace(/[^\w.-]/g, '')
}

function hex(bytes: Uint8Array, separator: string): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(separator)
}
