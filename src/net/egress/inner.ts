/**
 * Internal addresses: the host's loopback, links, private networks, multicast. The owner of a name controls its
 * addresses, so a rule that allows a name does not allow these.
 */
import { parsePrefix6, parseSubnet } from '../wire/addresses.ts'

/** RFC 6890 and its registry; documentation networks are unused and need no entry. */
const ipv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
].map(parseSubnet)

/**
 * ::/96 includes :: and ::1; mapped addresses, Teredo, site-local and multicast addresses are not external hosts.
 */
const ipv6 = [
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b:1::/48',
  '2001::/32',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
].map(parsePrefix6)

/** Prefixes with an embedded IPv4 address, which a translator sends to: RFC 6052 and RFC 3056. */
const translated = [
  { prefix: parsePrefix6('64:ff9b::/96'), at: 12 },
  { prefix: parsePrefix6('2002::/16'), at: 2 },
] as const

type Prefix6 = ReturnType<typeof parsePrefix6>

/** @param own networks of the link, in CIDR notation: always internal */
export function innerTest(own: readonly string[]): (address: Uint8Array) => boolean {
  const own4 = own.filter((cidr) => !cidr.includes(':')).map(parseSubnet)
  const own6 = own.filter((cidr) => cidr.includes(':')).map(parsePrefix6)
  const isInner4 = (address: number): boolean =>
    [...ipv4, ...own4].some(({ network, mask }) => (address & mask) === network)
  return (address) => {
    const view = new DataView(address.buffer, address.byteOffset, address.length)
    if (address.length === 4) return isInner4(view.getInt32(0))
    const isIn = ({ network, mask }: Prefix6): boolean =>
      network.every((word, i) => (view.getInt32(i * 4) & mask[i]!) === word)
    if ([...ipv6, ...own6].some(isIn)) return true
    return translated.some(({ prefix, at }) => isIn(prefix) && isInner4(view.getInt32(at)))
  }
}
