/** Terms of a capture filter, as in libpcap. */
import ipaddr from 'ipaddr.js'
import type { FrameFields } from './frame-fields.ts'

type Test = (fields: FrameFields) => boolean

/** EtherType and, for protocols over IP, the IANA protocol number. */
const protocols = {
  arp: { etherTypes: [0x0806] },
  ip: { etherTypes: [0x0800] },
  ip6: { etherTypes: [0x86dd] },
  icmp: { etherTypes: [0x0800], number: 1 },
  icmp6: { etherTypes: [0x86dd], number: 58 },
  tcp: { etherTypes: [0x0800, 0x86dd], number: 6 },
  udp: { etherTypes: [0x0800, 0x86dd], number: 17 },
} as const
type Protocol = keyof typeof protocols

/** Qualifiers before an id. */
export interface Qualifiers {
  protocol?: Protocol | 'ether' | undefined
  /** Undefined: either. */
  direction?: 'src' | 'dst' | 'either' | 'both' | undefined
  kind?: 'host' | 'net' | 'port' | 'portrange' | undefined
}

export const isProtocol = (word: string | undefined): word is Protocol | 'ether' =>
  word !== undefined && (word === 'ether' || Object.hasOwn(protocols, word))

export function protocolTest(name: Protocol): Test {
  const { etherTypes, number }: { etherTypes: readonly number[]; number?: number } = protocols[name]
  return ({ etherType, protocol }) =>
    etherTypes.includes(etherType) && (number === undefined || protocol === number)
}

/** IDs start like an address or a number and are not keywords. */
export const isId = (word: string | undefined): boolean =>
  word !== undefined && /^[0-9a-f:.\-/]+$/i.test(word)

/** Undefined if the word does not match the qualifiers, or the qualifiers are incompatible. */
export function qualified({ protocol, direction, kind }: Qualifiers, word: string): Test | undefined {
  if (protocol === 'ether')
    return kind === undefined || kind === 'host' ? hardware(direction, word) : undefined
  if (kind === 'port' || kind === 'portrange') return port(protocol, direction, kind, word)
  if (protocol !== undefined && !['ip', 'ip6', 'arp'].includes(protocol)) return undefined
  const isOfProtocol = protocol === undefined ? () => true : protocolTest(protocol)
  const isNet = kind === 'net' || (kind === undefined && word.includes('/'))
  const matches = network(isNet ? word : `${word}/${word.includes(':') ? 128 : 32}`)
  if (matches === undefined) return undefined
  const test = ends(direction, (fields, end) => matches(fields.addresses[end]))
  return (fields) => isOfProtocol(fields) && test(fields)
}

type EndTest = (fields: FrameFields, end: 0 | 1) => boolean

function ends(direction: Qualifiers['direction'], test: EndTest): Test {
  if (direction === 'src') return (fields) => test(fields, 0)
  if (direction === 'dst') return (fields) => test(fields, 1)
  if (direction === 'both') return (fields) => test(fields, 0) && test(fields, 1)
  return (fields) => test(fields, 0) || test(fields, 1)
}

function hardware(direction: Qualifiers['direction'], word: string): Test | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(word)) return undefined
  const mac = word.split(':').map((byte) => Number.parseInt(byte, 16))
  return ends(direction, ({ macs }, end) => mac.every((byte, index) => macs[end]?.[index] === byte))
}

function port(
  protocol: Protocol | undefined,
  direction: Qualifiers['direction'],
  kind: 'port' | 'portrange',
  word: string,
): Test | undefined {
  if (protocol !== undefined && protocol !== 'tcp' && protocol !== 'udp') return undefined
  const [first = '', last = first, ...more] = kind === 'port' ? [word] : word.split('-')
  const [low, high] = [portNumber(first), portNumber(last)]
  if (low === undefined || high === undefined || more.length > 0) return undefined
  const isOfProtocol = protocol === undefined ? () => true : protocolTest(protocol)
  const test = ends(direction, ({ ports }, end) => {
    const number = ports[end]
    return number !== undefined && number >= Math.min(low, high) && number <= Math.max(low, high)
  })
  return (fields) => isOfProtocol(fields) && test(fields)
}

function portNumber(word: string): number | undefined {
  return /^\d+$/.test(word) && Number(word) <= 65_535 ? Number(word) : undefined
}

function network(cidr: string): ((address: Uint8Array | undefined) => boolean) | undefined {
  if (!ipaddr.isValidCIDR(cidr)) return undefined
  const [address, prefix] = ipaddr.parseCIDR(cidr)
  const bytes = address.toByteArray()
  return (other) => other !== undefined && startsWith(other, bytes, prefix)
}

function startsWith(address: Uint8Array, network: readonly number[], prefix: number): boolean {
  if (address.length !== network.length) return false
  return network.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, prefix - index * 8))
    return ((byte ^ address[index]!) & (0xff00 >> bits) & 0xff) === 0
  })
}

const end = /^(?:\[([0-9a-f:.]+)\]|([\d.]+)):(\d+)$/i

/** `10.0.0.1:443`, `[fd00::3]:443`, or `*` for any. */
export function isEnd(word: string | undefined): word is string {
  if (word === '*') return true
  const [, v6, v4, number = ''] = end.exec(word ?? '') ?? []
  const isAddress = v6 === undefined ? ipaddr.IPv4.isValidFourPartDecimal(v4 ?? '') : ipaddr.IPv6.isValid(v6)
  return isAddress && portNumber(number) !== undefined
}

/** @param word a word for which `isEnd` is true */
export function endTest(word: string): EndTest {
  if (word === '*') return () => true
  const [, v6, v4, number] = end.exec(word)!
  const isAddress = network(v6 === undefined ? `${v4}/32` : `${v6}/128`)!
  return ({ addresses, ports }, at) => ports[at] === Number(number) && isAddress(addresses[at])
}
