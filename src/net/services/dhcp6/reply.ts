/**
 * DHCPv6 server (RFC 8415): DNS server and search list for guests that do not read them from router
 * advertisements, and addresses on request. Router advertisements do not set the M flag: most guests form their
 * own address.
 */
import { encodeName } from '../../wire/domain-name.ts'
import { gatewayMac } from '../../wire/ethernet.ts'
import { type AddressPlan, decline, granted, isOnLink, refused } from './addresses.ts'
import {
  bytesOf,
  headerBytes,
  isSame,
  messageType,
  option,
  optionOf,
  optionsOf,
  status,
  statusOf,
} from './message.ts'

export const dhcp6Port = { client: 546, server: 547 } as const
/** RFC 8415 section 21.23: clients refresh after this time, because settings may change. */
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

export interface Dhcp6Settings extends AddressPlan {
  dnsServer: Uint8Array
  search: readonly string[]
}

type Options = readonly [code: number, content: Uint8Array][]

/** Undefined if the message must not be answered. */
export function answerDhcp6(message: Uint8Array, settings: Dhcp6Settings): Uint8Array | undefined {
  const options = message.length < headerBytes ? undefined : optionsOf(message, headerBytes)
  if (options === undefined) return undefined
  const type = message[0]!
  const clientId = first(options, option.clientId)
  if ((clientId?.length ?? 0) > maxDuidBytes || !isForUs(type, clientId, first(options, option.serverId)))
    return undefined
  const isQuick = type === messageType.solicit && first(options, option.rapidCommit) !== undefined
  const body =
    type === messageType.informationRequest
      ? information(options)
      : addressBody(type, settings, clientId!, options, isQuick)
  if (body === undefined) return undefined
  const names = settings.search.flatMap((domain) => [...(encodeName(domain) ?? [])])
  const isOffer = type === messageType.solicit && !isQuick
  return Uint8Array.from([
    isOffer ? messageType.advertise : messageType.reply,
    ...message.subarray(1, headerBytes),
    ...(clientId === undefined ? [] : optionOf(option.clientId, clientId)),
    ...optionOf(option.serverId, serverId),
    ...body,
    ...optionOf(option.dnsServers, settings.dnsServer),
    ...(names.length === 0 ? [] : optionOf(option.searchList, names)),
    ...(type === messageType.informationRequest
      ? optionOf(option.refreshTime, bytesOf(refreshSeconds, 4))
      : []),
  ])
}

/** RFC 8415 section 16: which messages must or must not include server and client identifiers. */
function isForUs(
  type: number,
  clientId: Uint8Array | undefined,
  requestedServer: Uint8Array | undefined,
): boolean {
  switch (type) {
    case messageType.solicit:
    case messageType.confirm:
    case messageType.rebind:
      return clientId !== undefined && requestedServer === undefined
    case messageType.request:
    case messageType.renew:
    case messageType.release:
    case messageType.decline:
      return clientId !== undefined && requestedServer !== undefined && isSame(requestedServer, serverId)
    case messageType.informationRequest:
      return requestedServer === undefined || isSame(requestedServer, serverId)
    default:
      return false
  }
}

/** Invalid together with a request for addresses (RFC 8415 section 16.12). */
function information(options: Options): number[] | undefined {
  const wantsAddress = options.some(([code]) => isAssociation(code))
  return wantsAddress ? undefined : []
}

function addressBody(
  type: number,
  settings: Dhcp6Settings,
  clientId: Uint8Array,
  options: Options,
  isQuick: boolean,
): number[] | undefined {
  const associations = options.flatMap(([code, content]) => (code === option.addresses ? [content] : []))
  switch (type) {
    case messageType.confirm: {
      const isRight = isOnLink(settings, associations)
      // RFC 8415 section 18.3.3.
      return isRight === undefined ? undefined : statusOf(isRight ? status.success : status.notOnLink)
    }
    case messageType.decline:
      for (const association of associations) decline(settings, clientId, association)
      return statusOf(status.success)
    case messageType.release:
      return statusOf(status.success)
    default:
      return [
        ...(isQuick ? optionOf(option.rapidCommit, []) : []),
        ...options.flatMap(([code, content]) => {
          if (!isAssociation(code) || content.length < 4) return []
          return code === option.addresses ? granted(settings, clientId, content) : refused(code, content)
        }),
      ]
  }
}

function isAssociation(code: number): boolean {
  return code === option.addresses || code === option.temporaryAddresses || code === option.prefixes
}

function first(options: Options, code: number): Uint8Array | undefined {
  return options.find(([known]) => known === code)?.[1]
}
