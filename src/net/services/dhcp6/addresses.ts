/**
 * DHCPv6 addresses (RFC 8415 section 21.4, IA_NA). Each is a hash of client and association, so there is no state
 * and no pool to exhaust, and a guest gets the same address after any restart.
 */
import { bytesOf, option, optionOf, optionsOf, status, statusOf } from './message.ts'

/** Head of an association: IAID, T1 and T2, followed by options. */
const headBytes = 12
const addressBytes = 16
const prefixBytes = 8
const validSeconds = 86_400
const preferredSeconds = validSeconds / 2
/** Shares recommended by RFC 8415 section 21.4. */
const renewSeconds = preferredSeconds / 2
const rebindSeconds = Math.floor(preferredSeconds * 0.8)
/** First word of our interface identifiers: no other address of the link starts with it. */
const identifierMark = 0xd6d6
const maxDeclined = 256

/** Address generation of a link. */
export interface AddressPlan {
  /** 64-bit prefix. */
  prefix: Uint8Array
  /** Number of declines of each association. */
  declined: Map<string, number>
}

/** The association with its address; other addresses that the client names get lifetimes of zero. */
export function granted(plan: AddressPlan, clientId: Uint8Array, association: Uint8Array): number[] {
  if (association.length < headBytes) return []
  const address = addressFor(plan, clientId, association)
  const foreign = namedIn(association).filter((named) => !named.every((byte, i) => byte === address[i]))
  return optionOf(option.addresses, [
    ...association.subarray(0, 4),
    ...bytesOf(renewSeconds, 4),
    ...bytesOf(rebindSeconds, 4),
    ...addressOption(address, preferredSeconds, validSeconds),
    ...foreign.flatMap((named) => addressOption(named, 0, 0)),
  ])
}

/** Temporary addresses and prefixes are not supported. */
export function refused(code: number, association: Uint8Array): number[] {
  const isPrefix = code === option.prefixes
  const head = isPrefix ? [...association.subarray(0, 4), 0, 0, 0, 0, 0, 0, 0, 0] : association.subarray(0, 4)
  return optionOf(code, [...head, ...statusOf(isPrefix ? status.noPrefixes : status.noAddresses)])
}

/** Whether all addresses of the client are on this link; undefined if it names none. */
export function isOnLink({ prefix }: AddressPlan, associations: readonly Uint8Array[]): boolean | undefined {
  const named = associations.flatMap(namedIn)
  if (named.length === 0) return undefined
  return named.every((address) => prefix.every((byte, i) => byte === address[i]))
}

/** Records a decline: the association gets another address next time. */
export function decline({ declined }: AddressPlan, clientId: Uint8Array, association: Uint8Array): void {
  const key = keyOf(clientId, association)
  if (declined.size < maxDeclined || declined.has(key)) declined.set(key, (declined.get(key) ?? 0) + 1)
}

function addressFor(
  { prefix, declined }: AddressPlan,
  clientId: Uint8Array,
  association: Uint8Array,
): number[] {
  const key = keyOf(clientId, association)
  const text = `${key} ${declined.get(key) ?? 0}`
  const identifier = [
    ...bytesOf(identifierMark, 2),
    ...bytesOf(hash(text, 1), 4),
    ...bytesOf(hash(text, 2), 2),
  ]
  return [...prefix.subarray(0, prefixBytes), ...identifier]
}

/** FNV-1a. */
function hash(text: string, seed: number): number {
  let value = Math.imul(0x811c9dc5 ^ seed, 0x01000193)
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value ^ (value >>> 15)
}

function keyOf(clientId: Uint8Array, association: Uint8Array): string {
  return [...clientId, ...association.subarray(0, 4)].join('.')
}

function namedIn(association: Uint8Array): Uint8Array[] {
  return (optionsOf(association, headBytes) ?? []).flatMap(([code, content]) =>
    code === option.address && content.length >= addressBytes ? [content.subarray(0, addressBytes)] : [],
  )
}

function addressOption(address: ArrayLike<number>, preferred: number, valid: number): number[] {
  return optionOf(option.address, [...Array.from(address), ...bytesOf(preferred, 4), ...bytesOf(valid, 4)])
}
