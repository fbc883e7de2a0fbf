/** IPv4 arithmetic on text, as far as needed for subnets. */
import ipaddr from 'ipaddr.js'

export interface Subnet {
  /** First address as a number. */
  base: number
  prefix: number
  size: number
}

export function parseIPv4(text: string): number | undefined {
  if (!ipaddr.IPv4.isValidFourPartDecimal(text)) return undefined
  return ipaddr.IPv4.parse(text).octets.reduce((value, octet) => value * 256 + octet, 0)
}

export function formatIPv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

export const isIP = (text: string): boolean =>
  ipaddr.isValid(text) && (text.includes(':') || parseIPv4(text) !== undefined)

/** The canonical text of an address (RFC 5952 for IPv6); undefined if it is not an address. */
export const canonicalIP = (text: string): string | undefined =>
  isIP(text) ? ipaddr.parse(text).toString() : undefined

/** Whether hosts can use the addresses: not loopback, link-local, multicast or reserved. */
export function isUsable({ base, size }: Subnet): boolean {
  const ranges = [base, base + size - 1].map((address) => ipaddr.IPv4.parse(formatIPv4(address)).range())
  const usable = ['unicast', 'private', 'carrierGradeNat']
  return ranges.every((range) => usable.includes(range))
}

/** Whether any address is publicly routable. */
export const isPublic = ({ base, size }: Subnet): boolean =>
  [base, base + size - 1].some((address) => ipaddr.IPv4.parse(formatIPv4(address)).range() === 'unicast')

/** Undefined unless the text is ADDRESS/PREFIX. */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^([^/]+)\/(\d{1,2})$/.exec(text)
  const address = parseIPv4(match?.[1] ?? '')
  const prefix = Number(match?.[2])
  if (address === undefined || match === null || prefix > 32) return undefined
  const size = 2 ** (32 - prefix)
  return { base: Math.floor(address / size) * size, prefix, size }
}

export const formatSubnet = ({ base, prefix }: Subnet): string => `${formatIPv4(base)}/${prefix}`

export const contains = ({ base, size }: Subnet, address: number): boolean =>
  address >= base && address < base + size

export const overlap = (a: Subnet, b: Subnet): boolean => a.base < b.base + b.size && b.base < a.base + a.size
