/**
 * DHCPv6 without state (RFC 8415 sections 18.2.6 and 18.3.6): name server and search list for guests that do not
 * read them in router advertisements. Addresses are given by nobody but the guests themselves.
 *
 *   message   0 type   1 transaction 3   4 options
 *   option    0 code 2   2 length 2   4 …
 */
import { encodeName } from '../../wire/domain-name.ts'
import { gatewayMac } from '../../wire/ethernet.ts'

export const dhcp6Port = { client: 546, server: 547 } as const
const messageType = { reply: 7, informationRequest: 11 } as const
/** Only with requests for addresses (RFC 8415 section 16.12). */
const addressOptions = [3, 4, 25]
const option = { clientId: 1, serverId: 2, dnsServers: 23, searchList: 24, refreshTime: 32 } as const
const headerBytes = 4
/** RFC 8415 section 21.23: when to ask again, because settings change. */
const refreshSeconds = 3600
const maxDuidBytes = 130

/** DUID-LL of the gateway (RFC 8415 section 11.4): type 3, Ethernet, MAC. */
const serverId: readonly number[] = [
  0,
  3,
  0,
  1,
  ...bytesOf(gatewayMac.high, 2),
  ...bytesOf(gatewayMac.low, 4),
]

/** Undefined: it deserves no answer. */
export function answerDhcp6(
  message: Uint8Array,
  { dnsServer, search }: { dnsServer: Uint8Array; search: readonly string[] },
): Uint8Array | undefined {
  if (message[0] !== messageType.informationRequest) return undefined
  const options = parseOptions(message)
  const clientId = options?.get(option.clientId)
  const askedServer = options?.get(option.serverId)
  const isOthers = askedServer !== undefined && !isSame(askedServer, serverId)
  if (addressOptions.some((code) => options?.has(code))) return undefined
  if (options === undefined || isOthers || (clientId?.length ?? 0) > maxDuidBytes) return undefined
  const names = search.flatMap((domain) => [...(encodeName(domain) ?? [])])
  return Uint8Array.from([
    messageType.reply,
    ...message.subarray(1, headerBytes),
    ...(clientId === undefined ? [] : optionOf(option.clientId, clientId)),
    ...optionOf(option.serverId, serverId),
    ...optionOf(option.dnsServers, dnsServer),
    ...(names.length === 0 ? [] : optionOf(option.searchList, names)),
    ...optionOf(option.refreshTime, bytesOf(refreshSeconds, 4)),
  ])
}

/** The first of each code; undefined when they do not end where the message does. */
function parseOptions(message: Uint8Array): Map<number, Uint8Array> | undefined {
  const options = new Map<number, Uint8Array>()
  let at = headerBytes
  while (at + 4 <= message.length) {
    const code = (message[at]! << 8) | message[at + 1]!
    const end = at + 4 + ((message[at + 2]! << 8) | message[at + 3]!)
    if (end > message.length) return undefined
    if (!options.has(code)) options.set(code, message.subarray(at + 4, end))
    at = end
  }
  return at === message.length ? options : undefined
}

function optionOf(code: number, content: ArrayLike<number>): number[] {
  return [...bytesOf(code, 2), ...bytesOf(content.length, 2), ...Array.from(content)]
}

function bytesOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => (value >>> (8 * (count - 1 - i))) & 255)
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((byte, i) => byte === b[i])
}
