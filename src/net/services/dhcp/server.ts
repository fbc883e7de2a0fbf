/**
 * The DHCP server of the link (RFC 2131) as one function: settings, lease table, message and time give a reply and
 * the next table. It is the link's only server, hence authoritative: a client with a wrong address gets a NAK at once
 * instead of a timeout.
 */
import { addressFor, type Choice, type Client, type LeaseTable, leaseOf, withLease } from './leases.ts'
import { type DhcpMessage, messageType, option, parseMessage } from './message.ts'
import { type DhcpSettings, netmask, readUint32 } from './options.ts'
import { type DhcpReply, type Exchange, granting, leaseSeconds, refusing } from './reply.ts'

/** How long an offered address is kept for the client. */
const offerMs = 60_000
/** How long an address that a client found in use is given to nobody (DECLINE). */
const quarantineMs = 600_000

export interface DhcpOutcome {
  table: LeaseTable
  reply?: DhcpReply
  /** For logs and counters: what was done. */
  did: 'ignored' | 'offer' | 'ack' | 'nak' | 'release' | 'decline' | 'exhausted'
}

/** @param holderOf the MAC that sends from an address now. `payload` is what came to UDP port 67; anything that is not a request to us leaves the table alone. */
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
  // A relay asks for an address of its own network (RFC 2131 section 4.3.1), and we have but one.
  const isOfLink = relay === 0 || (relay & netmask(subnet.prefix)) >>> 0 === subnet.network
  const isSomebody = hardwareAddress.length > 0 || clientId(options) !== undefined
  return op === 'request' && isOfLink && isSomebody
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
 * RENEWING (unicast) and REBINDING (broadcast) fill ciaddr. One rule serves them all: acknowledge the address
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

/** The client chose another server: our offer is free again. */
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

/** The client has an address from elsewhere and asks for the rest; no lease times (RFC 2131 section 4.3.5). */
function inform(exchange: Exchange): DhcpOutcome {
  const { table, message } = exchange
  if (message.clientAddress === 0) return { table, did: 'ignored' }
  return { table, reply: granting(exchange, messageType.ack, 0, undefined), did: 'ack' }
}

/** The address may be given away from now on, but is remembered for this client. */
function release({ settings, table, message, who, nowMs }: Exchange): DhcpOutcome {
  const server = readUint32(message.options.get(option.serverId))
  const lease = leaseOf(table, who)
  const isOthers = server !== undefined && server !== settings.server
  if (isOthers || lease === undefined || lease.address !== message.clientAddress) {
    return { table, did: 'ignored' }
  }
  return { table: withLease(table, { ...lease, state: 'released', expiresAtMs: nowMs }), did: 'release' }
}

/** The client saw someone else use the address (RFC 2131 section 4.3.3). */
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

/** RFC 2132 section 9.14: two bytes at least; a shorter one distinguishes nobody. */
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
